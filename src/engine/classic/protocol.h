/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The protocol of the original system, which is plain text: one command for each TCP connection,
 * without a newline. These are functions over bytes, without sockets; any thread. The section "The
 * classic protocol" of PROTOCOL.md specifies it.
 */

#define REDES_CLASSIC_TRACKER_PORT 5000
#define REDES_CLASSIC_UDP_PORT 5500
#define REDES_CLASSIC_HEARTBEAT_S 10
#define REDES_CLASSIC_TIMEOUT_S 20
/* The most bytes of a command that are read; only a REGISTER with many names is so long. */
#define REDES_CLASSIC_MAX_COMMAND (64u * 1024)
#define REDES_CLASSIC_MAX_NAME 255
/* The most bytes of a command that the original programs read with one recv(). */
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
 * @host: the numeric address in REGISTER, UPDATE, HEARTBEAT and UNREGISTER
 * @port: the port in the same, 1 to 65535
 * @name: (nullable): the name in SEARCH, UPDATE and GET; %NULL: a SEARCH without one
 * @names: (nullable) (array zero-terminated=1): the names in REGISTER, without invalid ones
 * @offset: the offset in GET, in bytes
 * @size: the size in GET, in bytes; 0 asks for the size of the file
 *
 * One command.
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
 * @data: untrusted; a newline at the end is accepted
 * @out: (out caller-allocates): for redes_classic_command_clear()
 *
 * Returns: %FALSE if it is no command: G_IO_ERROR_INVALID_DATA
 */
gboolean
redes_classic_command_parse (const char *data, gsize len, RedesClassicCommand *out, GError **error);
/* (transfer full): the command as it is sent. */
char *redes_classic_command_format (const RedesClassicCommand *self);

/* Whether commands can contain that file name: UTF-8 without spaces, commas or control characters,
 * 1 to 255 bytes. */
gboolean redes_classic_is_name (const char *name);

/* (transfer full): the addresses in a list such as "ip:port,ip:port", at most @max; invalid ones
 * are left out. */
char **redes_classic_parse_addresses (const char *data, gsize len, guint max);

/* Parses "TRACKER_HERE ip 5000". @host: (out). Returns: %FALSE if it is anything else */
gboolean redes_classic_parse_tracker_here (const char *data, gsize len, char **host, guint16 *port);
char *redes_classic_format_tracker_here (const char *host, guint16 port);

G_END_DECLS
