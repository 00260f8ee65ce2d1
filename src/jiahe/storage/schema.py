"""The tables of the one file, as steps that are only ever added to. Owns their shape; never opens the file.

`log` is hot: no secondary index, rows only at its end. What finds a subject's rows in it is `log_block`, one row for
every `BLOCK` rows of the log, and what finds the few commands of a week among its million reports is `log_rare`, a row
for every row of the log that is neither. `series*` are derived from the log and may be made again from it.
"""

from __future__ import annotations

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE log (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind INTEGER NOT NULL,
                      subject INTEGER NOT NULL, body BLOB NOT NULL);
    CREATE TABLE log_name (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE log_block (block INTEGER PRIMARY KEY, low_at INTEGER NOT NULL, high_at INTEGER NOT NULL,
                            subjects BLOB NOT NULL);
    CREATE TABLE document (kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
                           PRIMARY KEY (kind, id)) WITHOUT ROWID;
    CREATE TABLE blob (kind TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, id));
    CREATE TABLE series (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, sealed INTEGER NOT NULL,
                         head_at INTEGER NOT NULL, head BLOB, resume BLOB);
    CREATE TABLE series_chunk (id INTEGER PRIMARY KEY, series INTEGER NOT NULL, first INTEGER NOT NULL,
                               last INTEGER NOT NULL, count INTEGER NOT NULL,
                               low REAL, mean REAL, high REAL, body BLOB NOT NULL);
    CREATE INDEX series_chunk_by_time ON series_chunk (series, first, last, count);
    CREATE TABLE series_rollup (series INTEGER NOT NULL, level INTEGER NOT NULL, start INTEGER NOT NULL,
                                low REAL, mean REAL, high REAL, covered INTEGER NOT NULL, last BLOB, carry BLOB,
                                PRIMARY KEY (series, level, start)) WITHOUT ROWID;
    CREATE TABLE series_sealed (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL,
                                alive_at INTEGER NOT NULL);
    """,
    """
    CREATE TABLE log_rare (seq INTEGER PRIMARY KEY, kind INTEGER NOT NULL, subject INTEGER NOT NULL);
    INSERT INTO log_rare SELECT seq, kind, subject FROM log
        WHERE kind NOT IN (SELECT id FROM log_name WHERE name IN ('update', 'event'));
    """,
)
"""One entry a version of the file (`PRAGMA user_version`); an entry that was released is never edited."""

PAGE_SIZE = 1024
"""Bytes. A commit of one row writes one page and its WAL header: measured on ext4, 5.7 kB a row at 1 kB pages, 8.7 kB
at 4 kB; at 200 rows a commit 396 B and 425 B; 10 % slower in rows a second (bench/journal.py)."""

APPLICATION = 0x4A694168  # "JiAh" in the header's application id: tells our file from any other SQLite file
