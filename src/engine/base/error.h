/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/notice.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * REDES_IO_ERROR:
 *
 * The codes of this domain are those of GIOErrorEnum, with the same meaning. Errors that GIO itself
 * reports stay in G_IO_ERROR. An operation that is cancelled ends with G_IO_ERROR_CANCELLED, which
 * no front end shows.
 */
#define REDES_IO_ERROR (redes_io_error_quark ())
GQuark redes_io_error_quark (void);

/**
 * REDES_DEFINE_ERROR:
 *
 * As G_DEFINE_QUARK, for a domain whose errors each carry a RedesNotice. All domains of the engine
 * do: sentences for a person are in the table of notices and nowhere else.
 */
#define REDES_DEFINE_ERROR(name)                                                                   \
  GQuark name##_quark (void)                                                                       \
  {                                                                                                \
    static gsize quark;                                                                            \
    if (g_once_init_enter (&quark))                                                                \
      g_once_init_leave (&quark, redes_error_domain_register (#name));                             \
    return (GQuark)quark;                                                                          \
  }
/* @name: a string that is never freed */
GQuark redes_error_domain_register (const char *name);

/**
 * redes_error_new:
 * @domain: one made by REDES_DEFINE_ERROR
 * @code: of @domain
 * @...: as for redes_notice_new()
 *
 * The error's message is the notice in English.
 *
 * Returns: (transfer full)
 */
#define redes_error_new(domain, code, ...)                                                         \
  redes_error_new_take (domain, code, redes_notice_new (__VA_ARGS__))
#define redes_set_error(error, domain, code, ...)                                                  \
  redes_set_error_take (error, domain, code, redes_notice_new (__VA_ARGS__))

/**
 * redes_error_new_from:
 * @reason: what went wrong, of any domain
 * @...: as for redes_notice_new(); @reason may be among the arguments
 *
 * Makes an error that also says where or when @reason happened. It has the domain and the code of
 * @reason, but REDES_IO_ERROR in the place of G_IO_ERROR. A G_IO_ERROR_CANCELLED is copied
 * unchanged, as it is never shown.
 *
 * Returns: (transfer full)
 */
#define redes_error_new_from(reason, ...)                                                          \
  redes_error_new_from_take (reason, redes_notice_new (__VA_ARGS__))

/* @notice: (transfer full) */
GError *redes_error_new_from_take (const GError *reason, RedesNotice *notice);
GError *redes_error_new_take (GQuark domain, int code, RedesNotice *notice);
void redes_set_error_take (GError **error, GQuark domain, int code, RedesNotice *notice);

/* (nullable) (transfer none): %NULL if the error's domain has no notices. */
const RedesNotice *redes_error_get_notice (const GError *error);

/* (transfer full): as redes_notice_dup_words(). An error of a domain without notices gives its
 * library's message. */
char *redes_error_dup_words (const GError *error, const char *domain);

G_END_DECLS
