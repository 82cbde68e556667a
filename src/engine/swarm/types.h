/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The module's types that others only pass on need no more than their names. */
typedef struct _RedesSwarm RedesSwarm;
typedef struct _RedesPeerSession RedesPeerSession;
typedef struct _RedesDownload RedesDownload;
typedef struct _RedesFolderDownload RedesFolderDownload;
typedef struct _RedesSource RedesSource;
typedef struct _RedesPeerRpc RedesPeerRpc;
