/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/tracker-guest.h"

struct _RedesGuestItem
{
  GObject parent_instance;
  RedesTrackerGuest *guest;
};

G_DEFINE_FINAL_TYPE (RedesGuestItem, redes_guest_item, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
redes_guest_item_finalize (GObject *object)
{
  redes_tracker_guest_free (REDES_GUEST_ITEM (object)->guest);
  G_OBJECT_CLASS (redes_guest_item_parent_class)->finalize (object);
}

static void
redes_guest_item_class_init (RedesGuestItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = redes_guest_item_finalize;

  /** RedesGuestItem::changed: something that its getters tell is not as it was. */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
redes_guest_item_init (RedesGuestItem *self)
{
}

RedesGuestItem *
redes_guest_item_new (RedesTrackerGuest *guest)
{
  RedesGuestItem *self = g_object_new (REDES_TYPE_GUEST_ITEM, NULL);

  self->guest = guest;
  return self;
}

void
redes_guest_item_update (RedesGuestItem *self, RedesTrackerGuest *guest)
{
  redes_tracker_guest_free (self->guest);
  self->guest = guest;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

const RedesPeerId *
redes_guest_item_get_id (RedesGuestItem *self)
{
  return &self->guest->id;
}

const char *
redes_guest_item_get_nickname (RedesGuestItem *self)
{
  return self->guest->nickname;
}

const char *
redes_guest_item_get_address (RedesGuestItem *self)
{
  return self->guest->address;
}

guint
redes_guest_item_get_n_files (RedesGuestItem *self)
{
  return self->guest->n_files;
}

gint64
redes_guest_item_get_heard_us (RedesGuestItem *self)
{
  return self->guest->heard_us;
}

struct _RedesLogLine
{
  GObject parent_instance;
  gint64 time_s;
  char *words;
};

G_DEFINE_FINAL_TYPE (RedesLogLine, redes_log_line, G_TYPE_OBJECT)

static void
redes_log_line_finalize (GObject *object)
{
  g_free (REDES_LOG_LINE (object)->words);
  G_OBJECT_CLASS (redes_log_line_parent_class)->finalize (object);
}

static void
redes_log_line_class_init (RedesLogLineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = redes_log_line_finalize;
}

static void
redes_log_line_init (RedesLogLine *self)
{
}

RedesLogLine *
redes_log_line_new (gint64 time_s, const char *words)
{
  RedesLogLine *self = g_object_new (REDES_TYPE_LOG_LINE, NULL);

  self->time_s = time_s;
  self->words = g_strdup (words);
  return self;
}

gint64
redes_log_line_get_time_s (RedesLogLine *self)
{
  return self->time_s;
}

const char *
redes_log_line_get_words (RedesLogLine *self)
{
  return self->words;
}
