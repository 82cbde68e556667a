/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/question-bar.h"

struct _RedesQuestionBar
{
  AdwBin parent_instance;
  GtkRevealer *revealer;
  GtkLabel *label;
  GtkButton *accept_button;
  GtkButton *refuse_button;
  gboolean is_asking; /* shown, or waiting until another bar of the window is answered */
};

G_DEFINE_FINAL_TYPE (RedesQuestionBar, redes_question_bar, ADW_TYPE_BIN)

enum
{
  PROP_ACCEPT = 1,
  PROP_REFUSE,
};

enum
{
  SIGNAL_ACCEPTED,
  SIGNAL_REFUSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Unowned: those that ask, in the order in which they began. */
static GList *asking;

/* Shows one question of a window at a time: what is shown already stays, else the oldest one whose
 * place can be seen comes. */
static void
show_one (GtkRoot *root)
{
  RedesQuestionBar *shown = NULL;

  for (GList *l = asking; l != NULL; l = l->next)
    {
      RedesQuestionBar *bar = l->data;

      if (gtk_widget_get_root (l->data) == root && gtk_widget_get_mapped (l->data)
          && (shown == NULL || gtk_revealer_get_reveal_child (bar->revealer)))
        shown = bar;
    }
  for (GList *l = asking; l != NULL; l = l->next)
    if (gtk_widget_get_root (l->data) == root)
      gtk_revealer_set_reveal_child (REDES_QUESTION_BAR (l->data)->revealer, l->data == shown);
}

static void
on_clicked (RedesQuestionBar *self, GtkButton *button)
{
  /* The bar can still be clicked on while it slides away. */
  if (!redes_question_bar_is_asking (self))
    return;
  redes_question_bar_withdraw (self);
  g_signal_emit (self, signals[button == self->accept_button ? SIGNAL_ACCEPTED : SIGNAL_REFUSED],
                 0);
}

static void
redes_question_bar_set_property (GObject *object,
                                 guint prop_id,
                                 const GValue *value,
                                 GParamSpec *pspec)
{
  RedesQuestionBar *self = REDES_QUESTION_BAR (object);

  gtk_button_set_label (prop_id == PROP_ACCEPT ? self->accept_button : self->refuse_button,
                        g_value_get_string (value));
}

static void
redes_question_bar_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (redes_question_bar_parent_class)->map (widget);
  show_one (gtk_widget_get_root (widget));
}

static void
redes_question_bar_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (redes_question_bar_parent_class)->unmap (widget);
  show_one (gtk_widget_get_root (widget));
}

static void
redes_question_bar_dispose (GObject *object)
{
  asking = g_list_remove (asking, object);
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), REDES_TYPE_QUESTION_BAR);
  G_OBJECT_CLASS (redes_question_bar_parent_class)->dispose (object);
}

static void
redes_question_bar_class_init (RedesQuestionBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = redes_question_bar_set_property;
  object_class->dispose = redes_question_bar_dispose;
  widget_class->map = redes_question_bar_map;
  widget_class->unmap = redes_question_bar_unmap;
  g_object_class_install_property (object_class, PROP_ACCEPT,
                                   g_param_spec_string ("accept", NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_REFUSE,
                                   g_param_spec_string ("refuse", NULL, NULL, NULL, flags));
  signals[SIGNAL_ACCEPTED]
      = g_signal_new ("accepted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_REFUSED]
      = g_signal_new ("refused", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/redes_p2p/Redes/ui/question-bar.ui");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_bind_template_child (widget_class, RedesQuestionBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, RedesQuestionBar, label);
  gtk_widget_class_bind_template_child (widget_class, RedesQuestionBar, accept_button);
  gtk_widget_class_bind_template_child (widget_class, RedesQuestionBar, refuse_button);
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
}

static void
redes_question_bar_init (RedesQuestionBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
redes_question_bar_ask (RedesQuestionBar *self, const char *words)
{
  gtk_label_set_label (self->label, words);
  if (self->is_asking)
    return;
  self->is_asking = TRUE;
  asking = g_list_append (asking, self);
  show_one (gtk_widget_get_root (GTK_WIDGET (self)));
}

void
redes_question_bar_withdraw (RedesQuestionBar *self)
{
  if (!self->is_asking)
    return;
  self->is_asking = FALSE;
  asking = g_list_remove (asking, self);
  gtk_revealer_set_reveal_child (self->revealer, FALSE);
  show_one (gtk_widget_get_root (GTK_WIDGET (self)));
}

gboolean
redes_question_bar_is_asking (RedesQuestionBar *self)
{
  return self->is_asking;
}
