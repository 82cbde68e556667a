/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All sentences of the engine for a person: see engine/base/notice.h. This file is included several
 * times, each time with other definitions of its two macros:
 *
 *   ROW (NAME, words)
 *   PLURAL_ROW (NAME, place, words for one, words for another number): the number in the argument
 *   at that place (from 0) chooses between them
 *
 * Each argument replaces one %s, whatever its kind; a translation may change their order (%2$s). A
 * name that was released once keeps its meaning, because notices are kept on disks under their
 * names. A row may be removed: a kept notice of it is shown by its English words, which are kept,
 * too.
 *
 * Translators: sentences without a full stop, and those that begin with a small letter, stand
 * within others: behind “Waiting: ”, “Failed: ”, or at the %s of another sentence of this file.
 * HELLO, BLOCK, SEARCH and the like are names of the protocol, and stay.
 */
/* clang-format off */

/* Text of another program or of a library. */
ROW (TEXT, "%s")
/* A place and the error there, or a name and a statement about it. */
ROW (WITHIN, "%s: %s")

/* --- base --------------------------------------------------------------------------------- */

ROW (ADDRESS_INVALID, "“%s” is not an address: %s")
ROW (ADDRESS_BRACKET_OPEN, "the bracket is never closed; write [::1]:5000")
ROW (ADDRESS_BRACKET_NOT_IPV6, "an IPv6 address belongs in the brackets: [::1]:5000")
ROW (ADDRESS_NEEDS_BRACKETS, "write an IPv6 address in brackets: [::1]:5000")
ROW (ADDRESS_NO_PORT_NUMBER, "after the colon a port from 0 to 65535 is expected")
ROW (ADDRESS_AFTER_BRACKET, "after the bracket :PORT is expected")
ROW (ADDRESS_EMPTY, "HOST:PORT is expected, such as 127.0.0.1:5000")
ROW (ADDRESS_PORT_MISSING, "the port is missing; write HOST:PORT")
ROW (ADDRESS_PORT_MISSING_IPV6, "the port is missing; write [ADDRESS]:PORT")
ROW (ADDRESS_NO_HOST, "that cannot be the name or number of a host")

/* --- identity ----------------------------------------------------------------------------- */

ROW (RSA_MODULUS, "The RSA key has an unusable modulus of %s bits: 2048 to 8192 are accepted")
ROW (RSA_EXPONENT, "The RSA key has an unusable public exponent: 65537 is the usual one")
ROW (RSA_NOT_SPKI, "This is not an RSA public key in SubjectPublicKeyInfo form")
ROW (RSA_BITS, "An RSA key of %s bits cannot be used: choose 2048 to 8192")
ROW (RSA_NOT_MADE, "No RSA key could be made")
ROW (RSA_NOT_PRIVATE, "This is not a whole RSA private key")
ROW (RSA_SIGNING_FAILED, "Signing failed: the RSA key does not compute what it should")
ROW (RSA_FAULTY, "The RSA key does not compute what it should")
ROW (CERTIFICATE_NO_KEY, "The certificate holds no public key that can be read")
ROW (NOT_A_PEER, "The other side is not a Redes peer: %s")
ROW (CHAIN_LENGTH, "it does not show exactly two certificates")
ROW (CHAIN_UNREADABLE, "its certificates cannot be read")
ROW (CHAIN_TLS_KEY, "its TLS key is not an Ed25519 key")
ROW (CHAIN_IDENTITY_KEY, "its identity is not an RSA key of 2048 to 8192 bits")
ROW (CHAIN_IDENTITY_UNSIGNED, "its identity has not signed itself")
ROW (CHAIN_TLS_KEY_UNSIGNED, "its identity has not signed its TLS key")
ROW (IDENTITY_NOT_REGULAR, "The identity file %s is not a regular file")
ROW (IDENTITY_NOT_PRIVATE, "The identity file %s may be read by others: chmod 600 %s")
ROW (IDENTITY_DAMAGED,
     "The identity file %s is damaged or holds no RSA key of 2048 to 8192 bits. Bring it back "
     "from a copy, or move it away to start with a new identity")
ROW (IDENTITY_VANISHED,
     "The identity file %s appeared and vanished again while it was made: try again")

ROW (IDENTITY_CANNOT_LOOK, "Cannot look at the identity file %s: %s")
ROW (IDENTITY_CANNOT_OPEN, "Cannot open the identity file %s: %s")
ROW (IDENTITY_CANNOT_READ, "Cannot read the identity file %s: %s")
ROW (IDENTITY_CANNOT_WRITE, "Cannot write the identity file %s: %s")
ROW (FOLDER_CANNOT_MAKE, "Cannot make the folder %s: %s")
ROW (FOLDER_CANNOT_WRITE, "Cannot write into the folder %s: %s")
ROW (CERTIFICATE_NOT_MADE, "No certificate could be made: %s")
ROW (TLS_KEY_NOT_MADE, "No TLS key could be made: %s")
ROW (TLS_KEY_UNUSABLE, "The TLS key cannot be used: %s")
ROW (RSA_NOT_WRITTEN, "The new RSA key cannot be written: %s")
ROW (RSA_UNUSABLE, "The new RSA key cannot be used: %s")

/* Reasons for a failed TLS handshake, from GnuTLS's error codes. */
ROW (GNUTLS_ALERT, "it sent a TLS alert")
ROW (GNUTLS_CUT, "the connection ended in the middle of TLS")
ROW (GNUTLS_NOT_TLS, "what came is not TLS")
ROW (GNUTLS_VERSION, "it speaks another version of TLS")
ROW (GNUTLS_UNEXPECTED, "it sent a TLS message out of order")
ROW (GNUTLS_DECRYPTION, "what came cannot be decrypted")
ROW (GNUTLS_PARAMETER, "it sent a TLS parameter that is not allowed")
ROW (GNUTLS_NO_CIPHER, "both sides have no cipher in common")
ROW (GNUTLS_NO_CERTIFICATE, "it shows no certificate")
ROW (GNUTLS_SOCKET, "the connection broke")
ROW (GNUTLS_MEMORY, "there is not enough memory")
ROW (GNUTLS_OTHER, "GnuTLS reports error %s")

/* --- content ------------------------------------------------------------------------------ */

ROW (MANIFEST_UNUSABLE, "The manifest cannot be used: %s")
ROW (MANIFEST_PATH, "its path does not fit its batch")
ROW (MANIFEST_SIGNATURE_LENGTH, "its signature has an impossible length")
ROW (MANIFEST_KEY_LENGTH, "its publisher's key has an impossible length")
ROW (MANIFEST_BATCH, "its batch is empty or too large")
ROW (MANIFEST_PLACE, "its place is outside its batch")
ROW (MANIFEST_PADDING, "what its path has beyond its batch is not the padding")
ROW (MANIFEST_KEY_OF_OTHER, "the key is not its publisher's")
ROW (MANIFEST_NAME_LENGTH, "its name is not 1 to 255 bytes long")
ROW (MANIFEST_NAME_UTF8, "its name is not valid UTF-8")
ROW (MANIFEST_SIZE_RANGE, "its size or block size is out of range")
ROW (MANIFEST_BLOCK_SIZE, "its block size is not the one for its size")
ROW (MANIFEST_EMPTY_ROOT, "its root is not that of the empty file")
ROW (MANIFEST_TIME, "its time is out of range")
ROW (MANIFEST_LIST_SIZE, "the size of its folder's list is out of range")
ROW (MANIFEST_TOTALS, "what it says of all in its folder is out of range")
ROW (MANIFEST_DIGEST, "a digest in it is not 32 bytes long")
ROW (MANIFEST_NOT_SIGNED, "The manifest is not the one that was signed")
ROW (MANIFEST_FORM, "The manifest is of a form that this version does not know")
ROW (MANIFEST_TOO_LARGE, "The manifest is larger than %s bytes")
ROW (MANIFEST_DAMAGED, "The manifest is damaged")
ROW (SIGNATURE_UNCHECKED, "The manifest's signature cannot be checked: %s")
ROW (SIGNATURE_OF_OTHER, "The manifest's signature is not its publisher's")
ROW (HASH_UNREADABLE, "It cannot be read: %s")
ROW (HASH_CHANGED, "It changed while it was being read")
ROW (HASH_TOO_LARGE, "It is too large")
ROW (HASH_NOT_REGULAR, "It is not a regular file")
ROW (LINK_UNUSABLE,
     "This link cannot be used: %s; a link looks like redes:<root>?s=SIZE&n=NAME&p=<publisher "
     "id>&t=HOST:PORT")
ROW (LINK_TWO_NAMES, "it gives two names (n=)")
ROW (LINK_NAME_ENCODING, "its name (n=) is not percent-encoded UTF-8")
ROW (LINK_NAME_LENGTH, "its name (n=) is longer than 1024 bytes")
ROW (LINK_TWO_SIZES, "it gives two sizes (s=)")
ROW (LINK_SIZE, "its size (s=) is not a number of bytes")
ROW (LINK_TWO_PUBLISHERS, "it gives two publishers (p=)")
ROW (LINK_PUBLISHER, "its publisher (p=) is not an id of 64 hexadecimal or 52 base32 characters")
ROW (LINK_TRACKER, "its tracker (t=) is not HOST:PORT")
ROW (LINK_NO_SIZE,
     "it does not give the file's size (s=), without which it could mean another file; ask "
     "whoever gave you the link for a whole one")
ROW (LINK_TWO_KINDS, "it says twice what it is of (k=)")
ROW (LINK_KIND, "it is of a kind (k=) that this version of the program does not know")
ROW (LINK_TWO_INSIDES, "it gives two paths in its folder (i=)")
ROW (LINK_INSIDE, "its path in the folder (i=) is not one")
ROW (LINK_INSIDE_LENGTH, "its path in the folder (i=) is empty or too long")
ROW (LINK_INSIDE_FILE, "it gives a path in a folder (i=), but is not a folder's (k=folder)")
ROW (LINK_LIST_SIZE, "its size (s=) is not that of a folder's list")
ROW (LINK_SCHEME, "it does not begin with redes:")
ROW (LINK_BLANKS, "there are spaces or line breaks in it")
ROW (LINK_ROOT, "its root is not 52 base32 or 64 hexadecimal characters")
ROW (LINK_TOO_LONG, "it is too long")

ROW (FOLDER_UNUSABLE, "The folder cannot be used: %s")
ROW (FOLDER_TOO_DEEP, "there are more than 100 folders inside each other")
ROW (FOLDER_TOO_MANY_BELOW, "there are more than 16,777,216 files and folders in it")
ROW (FOLDER_TOO_MANY_BYTES, "its files are larger than 64 PiB together")
ROW (FOLDER_CHILD_TOTALS, "no folder can have the totals that it gives")
ROW (FOLDER_CHILD_SIZE, "the size of something in it is out of range")
ROW (FOLDER_CHILD_ROOT, "the root of an empty file in it is another's")
ROW (FOLDER_TOO_LARGE, "its list is longer than 64 MiB")
ROW (FOLDER_CUT_OFF, "its list is cut off")
ROW (FOLDER_MAGIC, "it is not the list of a folder")
ROW (FOLDER_TOO_MANY_CHILDREN, "it has more than 1,048,576 files and folders directly in it")
ROW (FOLDER_NAME_TWICE, "a name in it comes twice")
ROW (FOLDER_NAME_ORDER, "the names in it are not in order")
ROW (FOLDER_TIME, "a time in it is out of range")
ROW (FOLDER_KIND, "something in it is neither a file nor a folder")
ROW (FOLDER_TRAILING, "its list is too long")
ROW (FOLDER_NAME_ALIKE, "two names in it differ only in capital letters or accents' coding")
ROW (FOLDER_CONTENT, "its list is not the one that was asked for")
ROW (FOLDER_TOTALS, "it holds something else than was said of it")
ROW (FOLDER_NAME_EMPTY, "a name in it is empty")
ROW (FOLDER_NAME_LONG, "a name in it is longer than 255 bytes")
ROW (FOLDER_NAME_NUL, "a name in it has a NUL")
ROW (FOLDER_NAME_SEPARATOR, "a name in it is a path, and not one segment of a path")
ROW (FOLDER_NAME_DOTS, "a name in it is “.” or “..”")
ROW (FOLDER_NAME_ENCODING, "a name in it is not valid UTF-8")

/* --- wire --------------------------------------------------------------------------------- */

ROW (FRAME_NO_TYPE, "a frame without a type")
ROW (FRAME_TOO_LARGE, "%s with a body of %s bytes, but at most %s are allowed")
ROW (FRAME_LARGER_THAN_ASKED, "%s with a body of %s bytes, but what was asked for has at most %s")
ROW (FRAME_NOT_HERE, "%s does not belong in this conversation")
ROW (FRAME_NOT_ASKED, "%s came without being asked for")
ROW (FRAME_UNKNOWN_TYPE, "a message of the unknown type %s")
ROW (FRAME_AFTER_VIOLATION, "bytes after a protocol violation")
ROW (BLOCK_NOT_ASKED, "BLOCK, but no block was asked for")
ROW (BLOCK_TOO_LARGE, "BLOCK with %s bytes, but at most %s were asked for")
ROW (BLOCK_EMPTY, "BLOCK without any data")
ROW (BLOCK_PROOF, "BLOCK with a proof of %s digests, but at most %s are possible")
ROW (BLOCK_FILE_SIZE, "BLOCK of a file of the impossible size %s")
ROW (BLOCK_INDEX, "BLOCK with the impossible index %s")
ROW (BODY_FORM, "%s whose body is not %s in normal form")
/* Translators: the first %s is one of the values below, such as “the nickname”. */
ROW (VALUE_RANGE, "%s is %s, but may be %s to %s")
ROW (VALUE_BELOW, "%s is %s, but must be below %s")
PLURAL_ROW (VALUE_LENGTH, 1,
            "%s has %s byte, but may have %s to %s",
            "%s has %s bytes, but may have %s to %s")
PLURAL_ROW (VALUE_NO_DIGESTS, 1,
            "%s has %s byte, which are no whole digests",
            "%s has %s bytes, which are no whole digests")
ROW (VALUE_NO_ADDRESS, "%s is no numeric address")
PLURAL_ROW (VALUE_FEW, 1,
            "%s has %s entry, but must have at least %s",
            "%s has %s entries, but must have at least %s")
PLURAL_ROW (VALUE_MANY, 1,
            "%s has %s entry, but may have at most %s",
            "%s has %s entries, but may have at most %s")
ROW (VERSION_DIFFERS,
     "it speaks version %s of the protocol, this program version %s: the older of the two needs "
     "an update")
ROW (BEACON_VERSION, "a beacon of another version")
ROW (BEACON_KIND, "a beacon of no known kind")
ROW (BEACON_IDS, "a beacon's ids have 32 bytes")
ROW (BEACON_NICKNAME, "a beacon's nickname is too long")
ROW (BEACON_SHORT, "a beacon is short")
ROW (BEACON_LABEL, "no beacon of Redes")
ROW (BEACON_FORM, "a beacon that is not %s in normal form")

ROW (WHAT_BATCH_KEY_INDEX, "a batch's key index")
ROW (WHAT_FILE_BATCH_INDEX, "a file's batch index")
ROW (WHAT_FILE_PLACE, "a file's place in its batch")
ROW (WHAT_BATCH_SIZE, "the batch's size")
ROW (WHAT_A_BATCH_SIZE, "a batch's size")
ROW (WHAT_BIT_FIELD, "the bit field")
ROW (WHAT_BLOCK, "the block")
ROW (WHAT_CAPABILITY, "a capability")
ROW (WHAT_CLIENT_NAME, "the client's name")
ROW (WHAT_CONTENT_ROOT, "a content's root")
ROW (WHAT_CONTENT_SIZE, "a content's size")
ROW (WHAT_EXPLANATION, "the explanation")
ROW (WHAT_HOST, "the host")
ROW (WHAT_A_KEY, "a public key")
ROW (WHAT_KEY, "the public key")
ROW (WHAT_LIST_BATCHES, "the list of batches")
ROW (WHAT_LIST_CAPABILITIES, "the list of capabilities")
ROW (WHAT_LIST_CONTENTS, "the list of contents")
ROW (WHAT_LIST_FILES, "the list of files")
ROW (WHAT_LIST_FILES_GONE, "the list of files gone")
ROW (WHAT_HOLDER_INDEX, "the index of a peer that has a content")
ROW (WHAT_LIST_HOLDERS, "the list of peers that have a content")
ROW (WHAT_LIST_KEYS, "the list of keys")
ROW (WHAT_LIST_NAMES, "the list of names")
ROW (WHAT_LIST_TOTALS, "the list of a folder's totals")
ROW (WHAT_FOLDER_BYTES, "how many bytes are in a folder")
ROW (WHAT_FOLDER_FILES, "how many files are in a folder")
ROW (WHAT_FOLDER_FOLDERS, "how many folders are in a folder")
ROW (WHAT_FOLDER_HEIGHT, "how deep a folder is")
ROW (WHAT_LIST_PEERS, "the list of peers")
ROW (WHAT_LIST_RESULTS, "the list of results")
ROW (WHAT_A_MANIFEST, "a manifest")
ROW (WHAT_MANIFEST, "the manifest")
ROW (WHAT_NAME, "a name")
ROW (WHAT_NICKNAME, "the nickname")
ROW (WHAT_A_NICKNAME, "a nickname")
ROW (WHAT_PATH, "the path")
ROW (WHAT_PEER_ID, "a peer id")
ROW (WHAT_PLACE_IN_BATCH, "the place in the batch")
ROW (WHAT_A_PORT, "a port")
ROW (WHAT_PORT, "the port")
ROW (WHAT_PUBLISHER, "a publisher")
ROW (WHAT_QUERY, "the query")
ROW (WHAT_REASON, "the reason")
ROW (WHAT_REFUSAL, "the refusal")
ROW (WHAT_ROWS, "the number of rows wanted")
ROW (WHAT_A_SIGNATURE, "a signature")
ROW (WHAT_SIGNATURE, "the signature")

/* --- net ---------------------------------------------------------------------------------- */

ROW (NOT_OWN_ADDRESS, "“%s” is not an address of this machine in numbers, such as 127.0.0.1 or ::1")
ROW (PORT_IN_USE,
     "Port %s is in use by another program (%s). Stop that program, or choose another port; port "
     "0 picks a free one")
ROW (PORT_NOT_ALLOWED, "Listening on %s is not allowed: choose a port above 1023")
ROW (CANNOT_LISTEN, "Cannot listen on %s: %s")
ROW (NO_HELLO, "it did not say who it is in time (no TLS, or no HELLO)")
ROW (SILENT_IN_MESSAGE, "it fell silent in the middle of a message")
ROW (NOT_TAKING, "it does not take what it asked for")
ROW (SOMEBODY_ELSE, "somebody else answers at this address")
ROW (SELF, "this is this peer itself")
ROW (MESSAGE_TOO_SLOW, "a long message comes too slowly")
ROW (CLOSED, "the other side ended the connection")
ROW (CLOSED_IN_MESSAGE, "the connection ended in the middle of a message")
ROW (NOT_READING, "it asks, but does not read the answers")
ROW (CONNECTION_BROKE, "the connection broke: %s")
ROW (OTHER_PROTOCOL, "the other side speaks TLS, but not Redes' protocol")
ROW (CLOSED_BEFORE_HELLO, "the other side ended the connection before it said who it is")
ROW (TLS_NO_START, "TLS cannot start: %s")
ROW (TLS_NO_CONNECTION, "no secure connection: %s")
ROW (TLS_BROKE, "the secure connection broke: %s")

/* --- tracker ------------------------------------------------------------------------------ */

ROW (TRACKER_ADDRESS_ID, "“%s”: after # there must be the tracker's peer id, 64 hexadecimal digits")
ROW (TRACKER_ADDRESS, "“%s” is no tracker's address: HOST:PORT is needed, such as 192.168.1.5:%s")
ROW (TRACKER_OUT_OF_REACH, "The tracker at %s is out of reach, and is tried again: %s")
ROW (TRACKER_TAKES_NOT_ALL, "The tracker at %s does not take all files: %s")
ROW (TRACKER_REFUSES, "The tracker at %s does not take this peer: %s")
ROW (TRACKER_SILENT, "The tracker did not answer in time; try again in a moment")
ROW (ANSWER_TO_ANOTHER, "%s came as an answer to %s")
ROW (RESULTS_TOO_MANY, "RESULTS with more rows than the %s wanted")

/* Translators: the %s is what the tracker itself says, in its own language. */
ROW (TRACKER_FULL, "it has as many peers or files as it takes (it says: “%s”)")
ROW (TRACKER_BAD_MANIFEST, "it does not believe the signature of a file (it says: “%s”)")
ROW (TRACKER_NOT_REGISTERED, "it wants this peer to register first")
ROW (TRACKER_QUERY, "There is no word in the search: type letters, digits or symbols")
ROW (TRACKER_WORDS, "it says: %s")
ROW (TRACKER_TAKES_UNKNOWN, "it does not say whether it took the files")
ROW (DIRECTORY_FILE, "“%s”: %s")

/* The tracker's log: one row for each kind of event. */
ROW (LOG_WHO, "%s (%s) at %s")
ROW (LOG_SOMEONE, "someone (%s) at %s")
ROW (LOG_STARTED, "started at %s")
PLURAL_ROW (LOG_STOPPED, 0, "stopped with %s peer registered", "stopped with %s peers registered")
ROW (LOG_NOT_REACHABLE, "%s cannot be connected to")
PLURAL_ROW (LOG_MORE_REFUSED, 0,
            "… and %s more refused within the same second",
            "… and %s more refused within the same second")
PLURAL_ROW (LOG_MORE_EVENTS, 0,
            "… and %s more event within the same second",
            "… and %s more events within the same second")
ROW (LOG_CLASSIC_NO_SEARCH, "classic guests cannot look for this tracker: UDP port %s: %s")
ROW (LOG_CLASSIC_TIMED_OUT, "classic guest at %s timed out")
ROW (LOG_CLASSIC_LEFT, "classic guest at %s left")
ROW (LOG_CLASSIC_REFUSED, "classic guest at %s refused: there are too many")
PLURAL_ROW (LOG_CLASSIC_REGISTERED, 1,
            "classic guest at %s registered with %s name",
            "classic guest at %s registered with %s names")
PLURAL_ROW (LOG_REGISTERED, 1, "%s registered with %s file", "%s registered with %s files")
ROW (LOG_REGISTERS_ANEW, "%s registers anew; its earlier connection is closed")
PLURAL_ROW (LOG_UPDATED, 3,
            "%s updated (+%s/-%s files, %s in all)",
            "%s updated (+%s/-%s files, %s in all)")
PLURAL_ROW (LOG_SEARCHED, 2, "%s searched “%s” (%s result)", "%s searched “%s” (%s results)")
ROW (LOG_SOURCES, "%s asked for sources of %s… (%s)")
/* Translators: who, of how many files, and how many sources were named. */
ROW (LOG_SOURCES_MANY, "%s asked for sources of %s files (%s)")
ROW (LOG_TIMED_OUT, "%s timed out (silent for %s s)")
ROW (LOG_MADE_ROOM, "%s was disconnected to make room for another peer")
ROW (LOG_LOST, "%s: connection lost (%s)")
/* Translators: who, the message (REGISTER) and why. */
ROW (LOG_MESSAGE_REFUSED, "%s: %s refused: %s")
/* Translators: who, the rule by its name in the protocol, and what happened. */
ROW (LOG_REFUSED, "%s refused: %s (%s)")
/* Translators: a number of peers. */
ROW (LOG_FULL,
     "full: %s peers are registered. The option --max-peers lets more in, if memory and the limit "
     "of open files (ulimit -n) allow it")
ROW (LOG_LEFT, "%s left")
ROW (SAY_PORT, "a peer that registers must say in HELLO on which port it listens")
ROW (FULL_OF_ADDRESS,
     "this tracker has as many peers from this address as it takes; try another one, or later")
ROW (FULL, "this tracker has as many peers as it takes; try another one, or later")
PLURAL_ROW (LIMIT_OF_PEER, 0,
            "One peer can share at most %s file by this tracker: share fewer",
            "One peer can share at most %s files by this tracker: share fewer")
PLURAL_ROW (LIMIT_OF_ADDRESS, 0,
            "The peers at one address can share at most %s file by this tracker: share fewer",
            "The peers at one address can share at most %s files by this tracker: share fewer")
PLURAL_ROW (LIMIT_IN_ALL, 0,
            "This tracker takes at most %s file in all: try another one, or later",
            "This tracker takes at most %s files in all: try another one, or later")
ROW (REGISTER_FIRST, "UPDATE before REGISTER was answered: register first")

/* --- lookup ------------------------------------------------------------------------------- */

ROW (LINK_TRACKER_NOT_FOUND, "The link's tracker at %s is not found: %s")
ROW (LINK_TRACKER_PRIVATE,
     "The link's tracker at %s leads to this computer or to a private network, which its name "
     "does not say, so it is not asked")

/* --- swarm -------------------------------------------------------------------------------- */

ROW (NO_SOURCE_NOW, "no source is there now")
/* Translators: the second %s says what the last source said, or “none was there” */
ROW (NO_SOURCE_RETURNED, "no source came back within %s s (%s)")
ROW (NONE_WAS_THERE, "none was there")
ROW (DOWNLOAD_TOO_LARGE, "it is too large: a file of more than 16 TiB cannot be fetched")
ROW (OTHER_PUBLISHER, "it is signed by another publisher than the one chosen")
ROW (SOURCES_LIED,
     "what its sources sent does not match the publisher's signature; nothing was saved")
ROW (NO_TRACKER_SET, "no tracker is set, so nobody can be asked who has it")
ROW (NO_TRACKER_ANSWERS, "no tracker answers")
ROW (DOWNLOAD_REMOVED, "it was removed")
ROW (PEER_STOPS, "this peer is stopping")
ROW (NO_DOWNLOAD, "it is not being downloaded")
ROW (NO_MEDIA_SERVER, "it can be opened when it is whole: this Redes was built without libsoup")
ROW (DOWNLOAD_NO_FOLDER, "it is a file, and not a folder")
ROW (DOWNLOAD_NO_FILE, "it is a folder, and not a file")
ROW (FOLDER_NO_SUCH_PART, "there is no “%s” in the folder")
ROW (FOLDER_NOTHING_CHOSEN, "nothing in the folder has a name like that")
ROW (FOLDER_OVER_ENTRIES,
     "it holds %s files and folders, and at most %s are taken of one folder: take a part of it")
ROW (FOLDER_OVER_LISTS,
     "the lists of what is in it are longer than %s together: take a part of it")
ROW (FOLDER_OVER_PATH, "a path in it is longer than %s bytes: take a part of it")
ROW (FOLDER_OVER_PATHS, "the paths in it are longer than %s together: take a part of it")
ROW (NOBODY_SHARES, "nobody who is there now shares it")
ROW (SOURCES_LACK, "the sources that are there do not have the blocks that are missing")
ROW (SOURCES_SEND_NOTHING, "the sources that are there were asked, and send nothing")
ROW (PUBLISHER_BLOCKED, "its publisher is blocked")
ROW (UNDER_ANOTHER_NAME, "the same file is being downloaded under another name")
ROW (SAME_FOLDER, "another program is downloading the same into the same folder")
ROW (SENT_NOTHING, "it was asked, and sent nothing for %s s")
ROW (FELL_SILENT, "it fell silent")
ROW (NEW_CONNECTION, "the connection was made anew")
ROW (BANNED, "it broke the rules a short while ago")
ROW (LEFT_ALONE, "its address did not answer a short while ago")
ROW (MADE_ROOM, "it was disconnected to make room for another peer")
ROW (TAKES_TOO_SLOWLY, "it takes what it asked for too slowly, while others wait")
PLURAL_ROW (OWES_ANSWERS, 0,
            "it owes the answer to %s question",
            "it owes the answers to %s questions")
ROW (NO_ANSWER_IN_TIME, "it did not answer in time")
ROW (CANNOT_BE_REACHED, "it cannot be reached")
ROW (CANNOT_BE_REACHED_NOW, "it cannot be reached now")
ROW (REJECT_UNKNOWN, "it does not share this file")
ROW (REJECT_UNREADABLE, "it cannot read the file any more")
ROW (REFUSE_BUSY, "it is asked too much at once")
ROW (REFUSE_PRIVATE, "it does not let others browse what it shares")
ROW (REFUSE_QUERY, "there is no word in the search")
/* The text of another peer. */
ROW (REFUSES, "it refuses: %s")
ROW (WRONG_SIGNATURE, "it does not match the publisher's signature")
ROW (WRONG_LENGTH, "it, or its proof, has the wrong length")
ROW (WRONG_PADDING, "what its proof has beyond the file is not the padding")
ROW (HAVE_NOT_ASKED, "HAVE came for a file that was never asked about")
ROW (REJECT_NOT_ASKED, "REJECT came for what was not asked for")
ROW (BLOCK_ANSWER_NOT_ASKED, "%s came for a block that was not asked for")
PLURAL_ROW (ASKED_BEYOND, 1,
            "it asked for block %s of a file of %s block",
            "it asked for block %s of a file of %s blocks")
PLURAL_ROW (HAS_BEYOND, 1,
            "it says that it has block %s of a file of %s block",
            "it says that it has block %s of a file of %s blocks")
PLURAL_ROW (BITFIELD_UNFIT, 0,
            "its BITFIELD does not fit a file of %s block",
            "its BITFIELD does not fit a file of %s blocks")
PLURAL_ROW (FOUND_UNFIT, 0,
            "its FOUND does not fit the %s content that was asked for",
            "its FOUND does not fit the %s contents that were asked for")

/* --- core and node ------------------------------------------------------------------------ */

ROW (ALSO, "%s; %s")
ROW (REACH_OTHER_FAMILY,
     "The tracker at %s knows this peer as %s, where it does not listen: it listens at %s alone. "
     "Others do not find it there. Let it listen at all addresses, or use a tracker whose address "
     "is of the same kind, IPv4 or IPv6")
ROW (REACH_FAILED,
     "The tracker at %s cannot connect to %s, where it would send others: nobody may be able to "
     "fetch from this peer. A firewall or a router may be in the way, or this peer listens at "
     "another address")
ROW (IDENTITY_EXPOSED,
     "The disk of the data folder “%s” cannot keep files from others: whoever uses this machine "
     "can read this peer's identity and pass for it. Choose a data folder on another disk if that "
     "matters")
ROW (WRITTEN_AGAIN, "What this peer remembers can be saved again")
ROW (HISTORY_NOT_CLEARED, "The history could not be cleared: %s")
ROW (NOTHING_WRITTEN, "nothing can be written there now")
ROW (DATA_FOLDER_IN_USE,
     "Another Redes uses the data folder “%s”: stop it, or choose another data folder")
ROW (DATA_FOLDER_IN_USE_BY,
     "Another Redes (process %s) uses the data folder “%s”: stop it, or choose another data folder")
ROW (NOT_RUNNING, "This peer is not running")
ROW (NO_TRACKER_ANSWERED, "No tracker answered (%s)")
ROW (NO_TRACKER_REACHED, "No tracker answered")
ROW (NOBODY_TO_ASK,
     "Nobody is there to be asked: no peer or tracker was found on this network. Name a tracker "
     "with its address, such as 192.0.2.7:5000")
ROW (NO_TRACKER_NAMED, "No tracker is set: name one with its address, such as 192.0.2.7:5000")
ROW (FILE_NOT_FOUND, "Nobody who is there now shares a file named “%s”")
/* Translators: the second %s is a list of names: “a”, “b” */
ROW (FILE_NOT_FOUND_SIMILAR, "Nobody who is there now shares a file named “%s”; similar: %s")
ROW (FILE_UNSIGNED_ONLY,
     "“%s” is shared by the original system's peers alone, where nothing is verified: download it "
     "by its number in a search, if you want it all the same")
/* Translators: the third %s is a list of links, one a line. There are two at least. */
PLURAL_ROW (FILE_AMBIGUOUS, 0,
            "%s file is named “%s”; choose it by its link:%s",
            "%s different files are named “%s”; choose one by its link:%s")
ROW (ONE_DID_NOT_ANSWER, "A peer that has them did not answer")
ROW (QUERY_WITHOUT_WORD, "“%s” has no word to search for: type letters, digits or symbols")
ROW (CANNOT_BROWSE, "This peer cannot be browsed: %s")

/* --- classic ------------------------------------------------------------------------------ */

ROW (CLASSIC_NO_ANSWER, "It did not answer in time")
ROW (CLASSIC_NO_TRACKER, "What is there is no tracker of the original system")
ROW (CLASSIC_CANNOT_WRITE, "%s cannot be written to: %s")
ROW (CLASSIC_NOBODY_SENDS, "none of the original peers sends it any more")
ROW (CLASSIC_NO_COMMAND, "no command of the classic protocol")
ROW (CLASSIC_OFF, "classic peers were switched off")

/* --- library ------------------------------------------------------------------------------ */

ROW (NO_ROOM,
     "There is no room left in “%s”: the download needs %s more. Make room or choose another "
     "download folder")
ROW (NO_PERMISSION_TO_WRITE,
     "You have no permission to write in “%s”: choose another download folder")
ROW (FOLDER_READ_ONLY, "“%s” is read-only: choose another download folder")
ROW (FOLDER_GONE, "The folder “%s” is gone: make it again, or choose another download folder")
ROW (NOT_A_FOLDER, "“%s” is not a folder: choose another download folder")
ROW (FILE_TOO_LARGE_FOR_DISK,
     "“%s” cannot hold a file of this size (%s are missing): its disk, or a limit of this session "
     "on the size of files, does not allow it. Choose a folder on another disk")
ROW (WRITING_FAILED, "Writing in “%s” failed: %s")
ROW (NAME_TOO_LONG, "The name “%s” is too long: choose a shorter one")
ROW (NAME_REFUSED, "The disk does not take the name “%s”: choose another, without any of %s")
ROW (NAME_REPLACED, "The disk of “%s” does not take the name “%s”: the file will be “%s”")
ROW (NAMES_REPLACED, "The disk of “%s” does not take all names in “%s”: some will be changed there")
ROW (NAME_TAKEN, "“%s” is there already and is not replaced: remove it or choose another name")
ROW (BLOCK_UNREADABLE, "Block %s of “%s” cannot be read: %s")
ROW (FILE_SHORTER, "the file has become shorter since it was shared")
ROW (ALTERED, "“%s” was altered since it was shared")
ROW (NO_SUCH_BLOCK, "“%s” has no block %s")
ROW (SHARE_OWN_FOLDER, "“%s” cannot be shared: it is what Redes keeps for itself")
ROW (DOWNLOADED_ALREADY,
     "The same file is being downloaded to “%s” already: wait for it, or choose another folder")
ROW (PARTIAL_IN_THE_WAY, "“%s” stands in the way and is not a file of this program: remove it")
ROW (PARTIAL_GONE, "“%s” is not there any more")
ROW (PARTIAL_REMOVED, "Somebody has removed the partial file “%s”")
ROW (PARTIAL_ALTERED, "Somebody has altered the partial file “%s”")
ROW (FILE_REPLACED, "Somebody has put another file in the place of “%s”")
ROW (SHARE_MADE_UP,
     "“%s” cannot be shared: the system makes its content up when it is read, and does not tell "
     "its size")
ROW (SHARE_TOO_LARGE, "“%s” cannot be shared: it is too large")
ROW (SHARE_NOT_REGULAR, "“%s” cannot be shared: it is not a regular file")
ROW (SHARE_CANNOT, "“%s” cannot be shared: %s")
ROW (SHARE_FAILED, "“%s” was not shared. %s")
ROW (UNREADABLE, "“%s” cannot be read: %s")
ROW (UNREADABLE_GONE, "it is not there any more")
ROW (UNREADABLE_PERMISSION, "you have no permission to read it")
ROW (UNREADABLE_LINK, "it is a symbolic link, and links are not followed inside what is shared")
ROW (UNREADABLE_FOLDER_LINK, "a folder on the way to it is a symbolic link or no folder any more")
ROW (UNREADABLE_MANY_OPEN, "too many files are open")
ROW (SHARE_NOT_THERE, "“%s” does not exist")
ROW (SHARE_PRIVATE,
     "“%s” cannot be shared: it is what a Redes keeps for itself, and whoever has its identity "
     "can pass for it")
ROW (SHARE_TOO_DEEP, "it lies too many folders deep")
ROW (SHARE_LINK, "it is a symbolic link, and those are not followed inside a folder")
ROW (SHARE_NEITHER, "it is neither a file nor a folder")
ROW (LIBRARY_EMPTY, "No peer has kept anything in “%s” yet: name its data folder with --data-dir")
ROW (LIBRARY_OTHER_VERSION,
     "The library in “%s” was written by another version of Redes (form %s, this one knows %s): "
     "start a peer of this version on it first")
ROW (DATABASE_LATER_VERSION,
     "The library's database “%s” was written by a later version of Redes (form %s, this one "
     "knows %s): use that version, or another data folder")
ROW (DATABASE_CANNOT_OPEN, "The library's database “%s” cannot be opened: %s")
ROW (DATABASE_CANNOT_REBUILD,
     "The library's database “%s” cannot be rebuilt: %s. See that you may write in its folder")
ROW (DATABASE_NO_ROOM,
     "There is no room left in “%s”: the library's database needs %s more. Make room there")
ROW (DATABASE_DAMAGED,
     "The library's database “%s” is damaged (%s): start Redes again, and it is rebuilt from what "
     "can still be read")
ROW (DATABASE_CANNOT_WRITE,
     "The library's database “%s” cannot be written: see that you may write it and in its folder, "
     "and that its disk is not read-only")
ROW (DATABASE_HELD, "Another program holds the library's database “%s”: close it")
ROW (DATABASE_NO_MEMORY,
     "There is not enough memory for the library's database: close other programs")
ROW (DATABASE_DISK_FAILED,
     "The disk failed at the library's database “%s” (%s): see that the disk is connected and in "
     "order")
ROW (COMMA, "%s, %s")
PLURAL_ROW (DATABASE_REBUILT, 1,
            "The library's database “%s” was damaged. A new one has all that could be read from "
            "it (%s entry); files that are missing in it are hashed again. The damaged one is "
            "kept as “%s”",
            "The library's database “%s” was damaged. A new one has all that could be read from "
            "it (%s entries); files that are missing in it are hashed again. The damaged one is "
            "kept as “%s”")
ROW (SHARED_FOLDER_REPLACED,
     "“%s” is not the folder that was shared, but another in its place: share it again if that is "
     "meant")
ROW (SHARED_PATH_LEADS,
     "“%s” leads to “%s” now, and no longer to “%s”: share it again if that is meant")
ROW (SHARED_PATH_ELSEWHERE, "“%s” leads elsewhere now")
PLURAL_ROW (HIDDEN_LEFT_OUT, 0,
            "%s hidden file or folder in “%s” is left out: its name begins with a dot",
            "%s hidden files and folders in “%s” are left out: their names begin with a dot")
ROW (NO_PATH_LEADS, "it is in nothing that is shared any more")
ROW (FOLDER_LEAVES_OUT,
     "“%s” is left out of its folder, as many systems could not tell it from “%s” there; it is "
     "shared by itself")
ROW (FOLDER_NOT_SHARED, "“%s” cannot be shared as a folder, only its files one by one. %s")
ROW (NOT_SHARED, "“%s” is not shared, so nothing was changed")
ROW (GONE_FOR_NOW, "“%s” is not there any more; it is shared again when it comes back")
ROW (GONE_NO_PERMISSION,
     "“%s” may not be read any more; it is shared again when you have the permission")
ROW (GONE_UNREADABLE, "“%s” cannot be read: %s; it is shared again when it can")
ROW (GONE_NO_FILE, "“%s” is no file any more; it is shared again when it is")
ROW (GONE_UNTIL_READABLE, "%s; it is shared again when it can")
ROW (GONE_THROUGH_LINK, "“%s” is reached through a link now, and those are not followed")
ROW (GONE_DRIVE,
     "The drive or folder “%s” is not there; what was shared from it is shared again when it "
     "comes back")
