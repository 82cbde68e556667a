/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/question-bar.h"

struct _RedesQuestionBar
{
  AdwBin parent_instance;
  GtkRevealer *revealer;
  GtkLabel *label;
  GtkButton *accept_button;
  GtkButton *refuse_button;
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

static void
on_clicked (RedesQuestionBar *self, GtkButton *button)
{
  /* While it goes it is still there to be clicked on. */
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
redes_question_bar_dispose (GObject *object)
{
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
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
}

void
redes_question_bar_withdraw (RedesQuestionBar *self)
{
  gtk_revealer_set_reveal_child (self->revealer, FALSE);
}

gboolean
redes_question_bar_is_asking (RedesQuestionBar *self)
{
  return gtk_revealer_get_reveal_child (self->revealer);
}
