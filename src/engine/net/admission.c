/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/admission.h"

#include "engine/base/token-bucket.h"
#include "engine/net/address-group.h"
#include "engine/platform/open-files.h"

/* So many rates are remembered before those are looked for that can be forgotten. */
#define MIN_RATES 256u

struct _RedesAdmission
{
  RedesAdmissionLimits limits;
  GHashTable *places; /* member -> Place */
  GHashTable *crowds; /* RedesAddressGroup -> Crowd */
  GHashTable *rates;  /* RedesAddressGroup -> Rate */
  guint max_rates;    /* until they are looked through */
};

/* How many more members an address may enter now. */
typedef struct
{
  RedesAddressGroup group;
  RedesTokenBucket bucket;
} Rate;

/* The members of one address, the idlest first. */
typedef struct
{
  RedesAddressGroup group;
  GQueue places; /* Place */
} Crowd;

typedef struct
{
  gpointer member;
  Crowd *crowd;
  gint64 idle_since_us;
  gboolean was_active;
  GList link;
} Place;

RedesAdmission *
redes_admission_new (const RedesAdmissionLimits *limits)
{
  RedesAdmission *self = g_new0 (RedesAdmission, 1);

  g_return_val_if_fail (limits->max >= 1 && limits->max_per_address >= 1
                            && limits->max_per_loopback_address >= 1,
                        NULL);

  self->limits = *limits;
  self->places = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->crowds
      = g_hash_table_new_full (redes_address_group_hash, redes_address_group_equal, NULL, g_free);
  self->rates
      = g_hash_table_new_full (redes_address_group_hash, redes_address_group_equal, NULL, g_free);
  self->max_rates = MIN_RATES;
  return self;
}

void
redes_admission_free (RedesAdmission *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->places);
  g_hash_table_unref (self->crowds);
  g_hash_table_unref (self->rates);
  g_free (self);
}

/* ---- Rates ---- */

static gboolean
is_rate_full (gpointer key, gpointer value, gpointer user_data)
{
  Rate *rate = value;
  const gint64 *now_us = user_data;

  return redes_token_bucket_is_full (&rate->bucket, *now_us);
}

/* An address that has not used its rate for a while is as one that never came. */
static void
forget_rates (RedesAdmission *self, gint64 now_us)
{
  if (g_hash_table_size (self->rates) < self->max_rates)
    return;
  g_hash_table_foreach_remove (self->rates, is_rate_full, &now_us);
  self->max_rates = MAX (2 * g_hash_table_size (self->rates), MIN_RATES);
}

/* Whether @group may enter one more now. */
static gboolean
pay (RedesAdmission *self, const RedesAddressGroup *group, gint64 now_us)
{
  const RedesAdmissionRate *limit
      = redes_address_group_is_loopback (group) ? &self->limits.loopback_rate : &self->limits.rate;
  Rate *rate = g_hash_table_lookup (self->rates, group);

  if (limit->per_s == 0)
    return TRUE;
  if (rate == NULL)
    {
      forget_rates (self, now_us);
      rate = g_new0 (Rate, 1);
      rate->group = *group;
      redes_token_bucket_init (&rate->bucket, limit->per_s, limit->at_once, now_us);
      g_hash_table_insert (self->rates, &rate->group, rate);
    }
  return redes_token_bucket_try (&rate->bucket, now_us);
}

/* ---- Places ---- */

static Crowd *
ensure_crowd (RedesAdmission *self, const RedesAddressGroup *group)
{
  Crowd *crowd = g_hash_table_lookup (self->crowds, group);

  if (crowd != NULL)
    return crowd;
  crowd = g_new0 (Crowd, 1);
  crowd->group = *group;
  g_queue_init (&crowd->places);
  g_hash_table_insert (self->crowds, &crowd->group, crowd);
  return crowd;
}

static const Place *
get_idlest (const Crowd *crowd)
{
  return g_queue_peek_head ((GQueue *)&crowd->places);
}

/* Among addresses with as many members, that of the member that has been idle for longest. */
static const Crowd *
find_largest (const RedesAdmission *self)
{
  const Crowd *largest = NULL;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->crowds);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Crowd *crowd = value;

      if (largest == NULL || crowd->places.length > largest->places.length
          || (crowd->places.length == largest->places.length
              && get_idlest (crowd)->idle_since_us < get_idlest (largest)->idle_since_us))
        largest = crowd;
    }
  return largest;
}

/* (nullable): whose member has to make room for one more of @group, of which there are @n. */
static const Crowd *
find_full (const RedesAdmission *self, const RedesAddressGroup *group, guint n)
{
  guint max = redes_address_group_is_loopback (group) ? self->limits.max_per_loopback_address
                                                      : self->limits.max_per_address;

  if (n >= max)
    return g_hash_table_lookup (self->crowds, group);
  if (g_hash_table_size (self->places) >= self->limits.max)
    return find_largest (self);
  return NULL;
}

gpointer
redes_admission_enter (RedesAdmission *self, gpointer member, const char *host, gint64 now_us)
{
  RedesAddressGroup group;
  const Crowd *own, *full;
  gpointer leaving = NULL;
  guint n;
  Place *place;

  g_return_val_if_fail (!g_hash_table_contains (self->places, member), NULL);

  redes_address_group_from_host (&group, host);
  if (!pay (self, &group, now_us))
    return member;
  own = g_hash_table_lookup (self->crowds, &group);
  n = own != NULL ? own->places.length : 0;
  full = find_full (self, &group, n);
  if (full != NULL)
    {
      const Place *idlest = get_idlest (full);

      /* Who is active does not give way to another of the same standing, or places would only go
       * round. An address that has more than the newcomer's would have then gives way in any case.
       */
      if (full->places.length <= n + 1 && idlest->was_active
          && now_us - idlest->idle_since_us < self->limits.keep_us)
        return member;
      leaving = idlest->member;
      redes_admission_leave (self, leaving);
    }

  place = g_new0 (Place, 1);
  place->member = member;
  place->crowd = ensure_crowd (self, &group);
  place->idle_since_us = now_us;
  place->link.data = place;
  g_queue_push_tail_link (&place->crowd->places, &place->link);
  g_hash_table_insert (self->places, member, place);
  return leaving;
}

void
redes_admission_touch (RedesAdmission *self, gpointer member, gint64 now_us)
{
  Place *place = g_hash_table_lookup (self->places, member);

  if (place == NULL)
    return;
  place->idle_since_us = now_us;
  place->was_active = TRUE;
  g_queue_unlink (&place->crowd->places, &place->link);
  g_queue_push_tail_link (&place->crowd->places, &place->link);
}

gboolean
redes_admission_leave (RedesAdmission *self, gpointer member)
{
  Place *place = g_hash_table_lookup (self->places, member);

  if (place == NULL)
    return FALSE;
  g_queue_unlink (&place->crowd->places, &place->link);
  if (place->crowd->places.length == 0)
    g_hash_table_remove (self->crowds, &place->crowd->group);
  g_hash_table_remove (self->places, member);
  return TRUE;
}

guint
redes_admission_get_n_members (const RedesAdmission *self)
{
  return g_hash_table_size (self->places);
}

guint
redes_admission_get_n_rates (const RedesAdmission *self)
{
  return g_hash_table_size (self->rates);
}

guint
redes_admission_scale (guint max, guint part)
{
  guint64 share = redes_open_files_get_max () / part;

  return share < max ? MAX ((guint)share, 1) : max;
}
