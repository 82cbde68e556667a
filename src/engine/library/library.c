/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/library.h"

#include "engine/library/publisher.h"

struct _RedesLibrary
{
  RedesPublisher *publisher;
  RedesLibraryEvents events;
  gpointer user_data;

  /* Content id (its manifest's) -> the last Member of that content. */
  GHashTable *members;
  /* Of Member: what is announced, in the order it came. */
  GQueue announced;
};

/* Kept small, for there may be a hundred thousand. */
typedef struct _Member Member;
struct _Member
{
  RedesHolding *holding;
  /* The next of the same content in the order they came; the first follows the last. */
  Member *next;
  GList announced_link;
};

G_DEFINE_QUARK (redes_library_error, redes_library_error)

static const RedesContentId *
get_content (RedesHolding *holding)
{
  return redes_manifest_get_content (redes_holding_get_manifest (holding));
}

static void
set_last_member (RedesLibrary *self, Member *last)
{
  /* With the key too: the one before may be about to go. */
  g_hash_table_replace (self->members, (gpointer)get_content (last->holding), last);
}

static void
add_member (RedesLibrary *self, RedesHolding *holding)
{
  Member *last = g_hash_table_lookup (self->members, get_content (holding));
  Member *member = g_new0 (Member, 1);

  member->holding = redes_holding_ref (holding);
  member->announced_link.data = member;
  member->next = last != NULL ? last->next : member;
  if (last != NULL)
    last->next = member;
  set_last_member (self, member);

  if (redes_holding_is_file (holding))
    {
      g_queue_push_tail_link (&self->announced, &member->announced_link);
      if (self->events.shared != NULL)
        self->events.shared (holding, self->user_data);
    }
}

/* (nullable): the member before @holding's among those of its content */
static Member *
find_member_before (RedesLibrary *self, RedesHolding *holding)
{
  Member *last = g_hash_table_lookup (self->members, get_content (holding));
  Member *before = last;

  if (last == NULL)
    return NULL;

  while (before->next->holding != holding)
    {
      before = before->next;
      if (before == last)
        return NULL;
    }

  return before;
}

/* @before: the member before it */
static Member *
take_out_member (RedesLibrary *self, Member *before)
{
  Member *member = before->next;
  const RedesContentId *content = get_content (member->holding);

  before->next = member->next;
  if (before == member)
    g_hash_table_remove (self->members, content);
  else if (g_hash_table_lookup (self->members, content) == member)
    set_last_member (self, before);

  return member;
}

static void
member_free (Member *member)
{
  redes_holding_unref (member->holding);
  g_free (member);
}

static void
free_members (RedesLibrary *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->members);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Member *last = value;
      Member *member;

      do
        {
          member = last->next;
          last->next = member->next;
          if (member != last)
            member_free (member);
        }
      while (member != last);
      member_free (last);
    }

  g_hash_table_unref (self->members);
}

static void
on_published (RedesHolding *holding, gpointer user_data)
{
  add_member (user_data, holding);
}

static void
on_skipped (const char *path, const GError *error, gpointer user_data)
{
  RedesLibrary *self = user_data;

  if (self->events.skipped != NULL)
    self->events.skipped (path, error, self->user_data);
}

static void
on_idle (gpointer user_data)
{
  RedesLibrary *self = user_data;

  if (self->events.idle != NULL)
    self->events.idle (self->user_data);
}

RedesLibrary *
redes_library_new (RedesIdentity *identity,
                   RedesWorkers *workers,
                   const RedesLibraryEvents *events,
                   gpointer user_data)
{
  static const RedesPublisherEvents publisher_events = { on_published, on_skipped, on_idle };
  RedesLibrary *self = g_new0 (RedesLibrary, 1);

  self->publisher = redes_publisher_new (identity, workers, &publisher_events, self);
  self->events = *events;
  self->user_data = user_data;
  self->members = g_hash_table_new (redes_digest_hash, redes_digest_equal);
  return self;
}

void
redes_library_free (RedesLibrary *self)
{
  self->events = (RedesLibraryEvents){ 0 };
  redes_publisher_free (self->publisher);
  free_members (self);
  g_free (self);
}

void
redes_library_share (RedesLibrary *self, const char *path)
{
  redes_publisher_add (self->publisher, path);
}

gboolean
redes_library_is_busy (RedesLibrary *self)
{
  return redes_publisher_is_busy (self->publisher);
}

guint64
redes_library_get_bytes_hashed (RedesLibrary *self)
{
  return redes_publisher_get_bytes_hashed (self->publisher);
}

void
redes_library_add (RedesLibrary *self, RedesHolding *holding)
{
  if (find_member_before (self, holding) != NULL)
    return;

  /* So that sharing the download folder later does not hash it once more. */
  if (redes_holding_is_file (holding))
    redes_publisher_take_path (self->publisher, redes_holding_get_path (holding));
  add_member (self, holding);
}

void
redes_library_remove (RedesLibrary *self, RedesHolding *holding)
{
  Member *before = find_member_before (self, holding);
  Member *member;

  if (before == NULL)
    return;

  member = take_out_member (self, before);
  if (redes_holding_is_file (holding))
    {
      redes_publisher_release_path (self->publisher, redes_holding_get_path (holding));
      g_queue_unlink (&self->announced, &member->announced_link);
      if (self->events.withdrawn != NULL)
        self->events.withdrawn (holding, self->user_data);
    }
  member_free (member);
}

RedesHolding *
redes_library_lookup (RedesLibrary *self, const RedesContentId *content)
{
  Member *last = g_hash_table_lookup (self->members, content);
  Member *member = last;

  if (last == NULL)
    return NULL;

  do
    {
      member = member->next;
      if (redes_holding_is_file (member->holding))
        return member->holding;
    }
  while (member != last);

  return last->next->holding;
}

GPtrArray *
redes_library_list (RedesLibrary *self)
{
  GPtrArray *holdings
      = g_ptr_array_new_full (self->announced.length, (GDestroyNotify)redes_holding_unref);

  for (GList *link = self->announced.head; link != NULL; link = link->next)
    g_ptr_array_add (holdings, redes_holding_ref (((Member *)link->data)->holding));

  return holdings;
}
