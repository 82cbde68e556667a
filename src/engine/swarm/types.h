/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The room's types know each other; their headers need only the names. */
typedef struct _RedesSwarm RedesSwarm;
typedef struct _RedesPeerSession RedesPeerSession;
typedef struct _RedesDownload RedesDownload;
typedef struct _RedesSource RedesSource;
typedef struct _RedesUploader RedesUploader;
typedef struct _RedesPeerRpc RedesPeerRpc;
