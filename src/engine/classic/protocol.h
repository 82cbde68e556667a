/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The original system's protocol, plain text: one command a TCP connection, without a newline.
 * Pure functions over bytes. PROTOCOL.md, "The classic protocol", has it whole.
 */

#define REDES_CLASSIC_TRACKER_PORT 5000
#define REDES_CLASSIC_UDP_PORT 5500
#define REDES_CLASSIC_HEARTBEAT_S 10
#define REDES_CLASSIC_TIMEOUT_S 20
/* The longest command that is read, in bytes; a REGISTER with many names. */
#define REDES_CLASSIC_MAX_COMMAND (64u * 1024)
#define REDES_CLASSIC_MAX_NAME 255
/* What the other side reads with one recv(), at least. */
#define REDES_CLASSIC_ONE_READ 1024

#define REDES_CLASSIC_NOT_FOUND "NAO ENCONTRADO"
#define REDES_CLASSIC_NOT_REGISTERED "ERRO Peer nao registrado"
#define REDES_CLASSIC_NO_NAME "ERRO: SEARCH requer nome do arquivo"
#define REDES_CLASSIC_NO_FILE "ERROR: Arquivo não encontrado"
#define REDES_CLASSIC_DISCOVER "DISCOVER_TRACKER"

typedef enum
{
  REDES_CLASSIC_REGISTER,
  REDES_CLASSIC_UPDATE,
  REDES_CLASSIC_HEARTBEAT,
  REDES_CLASSIC_UNREGISTER,
  REDES_CLASSIC_SEARCH,
  REDES_CLASSIC_LIST,
  REDES_CLASSIC_GET,
} RedesClassicVerb;

/**
 * RedesClassicCommand:
 * @host: numeric; of REGISTER, UPDATE, HEARTBEAT and UNREGISTER
 * @port: of the same, 1 to 65535
 * @name: (nullable): of SEARCH, UPDATE and GET; %NULL: SEARCH without one
 * @names: (nullable) (array zero-terminated=1): of REGISTER; those that are no names are left out
 * @offset: of GET, in bytes
 * @size: of GET, in bytes; 0 asks how long the file is
 */
typedef struct
{
  RedesClassicVerb verb;
  char *host;
  guint16 port;
  char *name;
  char **names;
  guint64 offset;
  guint64 size;
} RedesClassicCommand;

void redes_classic_command_clear (RedesClassicCommand *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RedesClassicCommand, redes_classic_command_clear)

/**
 * redes_classic_command_parse:
 * @data: untrusted; a newline at the end is borne
 * @out: (out caller-allocates): for redes_classic_command_clear()
 *
 * Returns: %FALSE if it is no command: G_IO_ERROR_INVALID_DATA
 */
gboolean
redes_classic_command_parse (const char *data, gsize len, RedesClassicCommand *out, GError **error);
/* As it is sent. */
char *redes_classic_command_format (const RedesClassicCommand *self);

/* Whether files of that name can be spoken of: UTF-8 without spaces, commas or control characters,
 * 1 to 255 bytes. */
gboolean redes_classic_is_name (const char *name);

/* "ip:port,ip:port": those that are no addresses are left out; (transfer full). At most @max. */
char **redes_classic_parse_addresses (const char *data, gsize len, guint max);

/* "TRACKER_HERE ip 5000". @host: (out) */
gboolean redes_classic_parse_tracker_here (const char *data, gsize len, char **host, guint16 *port);
char *redes_classic_format_tracker_here (const char *host, guint16 port);

G_END_DECLS
