/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/inspection.h"

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/platform/file-system.h"
#include "engine/platform/file-time.h"
#include "engine/library/safe-open.h"
#include "engine/library/holding-private.h"
#include "engine/library/scan.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

struct _RedesInspection
{
  gboolean thorough;
  GArray *findings;
  /* The root of the file before, and whether it is there, and is called by its real path: files of
   * one folder come together. */
  char *root;
  gboolean root_is_there;
  gboolean root_is_real;
};

typedef struct
{
  RedesHolding *holding;
  RedesVerdict verdict;
  RedesNotice *reason;
  gboolean has_stamp;
  gint64 ctime_ns;
  guint64 inode;
} Finding;

static void
finding_clear (gpointer data)
{
  Finding *finding = data;

  redes_holding_unref (finding->holding);
  redes_notice_unref (finding->reason);
}

RedesInspection *
redes_inspection_new (gboolean thorough)
{
  RedesInspection *self = g_new0 (RedesInspection, 1);

  self->thorough = thorough;
  self->findings = g_array_new (FALSE, TRUE, sizeof (Finding));
  g_array_set_clear_func (self->findings, finding_clear);
  return self;
}

void
redes_inspection_free (RedesInspection *self)
{
  g_array_unref (self->findings);
  g_free (self->root);
  g_free (self);
}

void
redes_inspection_add (RedesInspection *self, RedesHolding *holding)
{
  Finding finding = { .holding = redes_holding_ref (holding), .verdict = REDES_VERDICT_UNCHANGED };

  g_array_append_val (self->findings, finding);
}

static gboolean
is_root_there (RedesInspection *self, const char *root)
{
  g_autofree char *real = NULL;

  if (self->root == NULL || !g_str_equal (self->root, root))
    {
      g_free (self->root);
      self->root = g_strdup (root);
      real = redes_file_system_dup_real_path (root);
      self->root_is_there = real != NULL && g_file_test (root, G_FILE_TEST_IS_DIR);
      self->root_is_real = real != NULL && g_str_equal (real, root);
    }

  return self->root_is_there;
}

/* @reason: (transfer full) */
static void
set_verdict (Finding *finding, RedesVerdict verdict, RedesNotice *reason)
{
  finding->verdict = verdict;
  finding->reason = reason;
}

static void
set_gone (Finding *finding, const char *name, int saved_errno)
{
  switch (saved_errno)
    {
    case ENOENT:
    case ENOTDIR:
      set_verdict (finding, REDES_VERDICT_GONE, redes_notice_new (REDES_NOTICE_GONE_FOR_NOW, name));
      break;
    case EACCES:
    case EPERM:
      set_verdict (finding, REDES_VERDICT_GONE,
                   redes_notice_new (REDES_NOTICE_GONE_NO_PERMISSION, name));
      break;
    default:
      set_verdict (finding, REDES_VERDICT_GONE,
                   redes_notice_new (REDES_NOTICE_GONE_UNREADABLE, name,
                                     redes_notice_arg_errno (saved_errno)));
      break;
    }
}

static void
judge (Finding *finding, const char *path, const char *name, const struct stat *info)
{
  if (!S_ISREG (info->st_mode))
    set_verdict (finding, REDES_VERDICT_GONE, redes_notice_new (REDES_NOTICE_GONE_NO_FILE, name));
  else
    {
      RedesHoldingMatch match = redes_holding_match (finding->holding, path, info);

      finding->has_stamp
          = match == REDES_HOLDING_SAME && redes_holding_lacks_stamp (finding->holding);
      finding->ctime_ns = redes_file_change_time_ns (info);
      finding->inode = (guint64)info->st_ino;
      if (match == REDES_HOLDING_ALTERED)
        set_verdict (finding, REDES_VERDICT_CHANGED, redes_notice_new (REDES_NOTICE_ALTERED, name));
      else if (match == REDES_HOLDING_DOUBTFUL)
        finding->verdict = REDES_VERDICT_DOUBTFUL;
    }
}

/* As it would be opened for a reader. */
static void
look_thoroughly (Finding *finding, const char *root, const char *relative, const char *name)
{
  g_autoptr (GError) error = NULL;
  struct stat info;
  int fd = redes_safe_open (root, relative, &info, &error);

  if (fd < 0)
    {
      set_verdict (finding, REDES_VERDICT_GONE,
                   redes_notice_new (REDES_NOTICE_GONE_UNTIL_READABLE, error));
      return;
    }

  judge (finding, root, name, &info);
  g_close (fd, NULL);
}

static void
look (const RedesInspection *self, Finding *finding, const char *root, const char *relative)
{
  g_autofree char *path = g_build_filename (root, relative, NULL);
  g_autofree char *name = redes_text_display_path (path);
  GStatBuf info;

  if (g_lstat (path, &info) != 0)
    set_gone (finding, name, errno);
  else if (self->thorough)
    look_thoroughly (finding, root, relative, name);
  else
    judge (finding, path, name, &info);
}

void
redes_inspection_run (RedesInspection *self)
{
  for (guint i = 0; i < self->findings->len; i++)
    {
      Finding *finding = &g_array_index (self->findings, Finding, i);
      g_autofree char *root = NULL;
      g_autofree char *relative = NULL;

      redes_holding_dup_parts (finding->holding, &root, &relative);
      /* What was shared is known by its real path; a download is where its owner has put it. */
      if (is_root_there (self, root) && !self->root_is_real
          && !redes_holding_is_fetched (finding->holding))
        {
          g_autofree char *name = redes_text_display_path (root);

          set_verdict (finding, REDES_VERDICT_GONE,
                       redes_notice_new (REDES_NOTICE_GONE_THROUGH_LINK, name));
        }
      else if (self->root_is_there)
        look (self, finding, root, relative);
      else
        {
          g_autofree char *name = redes_text_display_path (root);

          set_verdict (finding, REDES_VERDICT_GONE,
                       redes_notice_new (REDES_NOTICE_GONE_DRIVE, name));
        }
    }
}

guint
redes_inspection_get_size (RedesInspection *self)
{
  return self->findings->len;
}

RedesHolding *
redes_inspection_get (RedesInspection *self,
                      guint index,
                      RedesVerdict *verdict,
                      const RedesNotice **reason)
{
  const Finding *finding = &g_array_index (self->findings, Finding, index);

  *verdict = finding->verdict;
  *reason = finding->reason;
  return finding->holding;
}

gboolean
redes_inspection_get_stamp (RedesInspection *self, guint index, gint64 *ctime_ns, guint64 *inode)
{
  const Finding *finding = &g_array_index (self->findings, Finding, index);

  *ctime_ns = finding->ctime_ns;
  *inode = finding->inode;
  return finding->has_stamp;
}
