-- Tables. Times are ISO 8601 in UTC unless a column's comment gives another form.
-- Columns are in reading order: words first, bookkeeping last.

create table runs (
    id integer primary key,
    command text not null,
    started_at text not null,
    finished_at text,
    status text not null check (status in ('running', 'ok', 'partial', 'failed', 'interrupted')),
    added integer not null default 0,       -- highlights; links for `expand`
    changed integer not null default 0,
    unchanged integer not null default 0,
    removed integer not null default 0,
    skipped integer not null default 0,     -- files or links that could not be processed
    message text
) strict;

create table files (
    id integer primary key,
    path text not null,                     -- relative to root, with /
    root text not null,                     -- absolute path of the imported folder
    dialect text,                           -- null: not a highlight page
    encoding text not null default 'utf-8', -- `utf-8, repaired` if double-encoded text was repaired
    gone_at text,                           -- when an import first found the file missing
    sha256 text not null,
    size integer not null,                  -- bytes
    mtime_ns integer not null,
    reader integer not null default 0,      -- version of the parser that read it; an older one causes a new read
    read_as text not null default '',       -- the folder settings it was read with; a change causes a new read
    run_id integer references runs (id) on delete set null, -- the run that last read it
    unique (root, path)
) strict;

create table problems (
    id integer primary key,
    kind text not null,
    message text not null,
    file_id integer references files (id) on delete cascade,
    line integer                            -- 1-based; null: the whole file
) strict;
create index problems_file on problems (file_id);
create index problems_kind on problems (kind);

create table authors (
    id integer primary key,
    name text not null,
    handle text,                            -- Twitter/X, without @
    url text,
    uid text not null,                      -- @handle in lower case, or the name
    unique (uid)
) strict;
create index authors_name on authors (name);

create table documents (
    id integer primary key,
    title text not null,
    author_id integer references authors (id),
    category text not null
        check (category in ('tweets', 'articles', 'books', 'podcasts', 'supplementals', 'other')),
    url text,
    summary text,
    note text,
    full_title text not null,
    properties text not null default '{}' check (json_valid(properties)), -- page properties without a column here
    thread_id integer,                      -- the status id in its url
    shown_title text,                       -- of a thread: completed, without marks; null: not computed, or as full_title
    gone_at text,                           -- when its last appearance disappeared
    uid text not null,                      -- canonical url; without one, category, author and title
    content_hash integer not null,
    unique (uid)
) strict;
create index documents_author on documents (author_id);
create index documents_title on documents (title);
create index documents_stale on documents (id) where shown_title is null and category = 'tweets';

-- Which files contain a document.
create table document_appearances (
    document_id integer not null references documents (id) on delete cascade,
    file_id integer not null references files (id) on delete cascade,
    line integer not null,                  -- 1-based
    uid text not null,                      -- the file's uid for it
    alias integer not null check (alias in (0, 1)), -- 1: the document's row has another uid
    title integer,                          -- hash of author and title
    claim blob not null,                    -- the file's version of it: a JSON array, compressed (`store/claims.py`)
    primary key (document_id, file_id, line)
) strict;
create index document_appearances_file on document_appearances (file_id, line);
create index document_appearances_uid on document_appearances (uid) where alias = 1;
create index document_appearances_title on document_appearances (title) where title is not null;

create table highlights (
    id integer primary key,
    text text not null,                     -- Markdown as on the page, without the view link
    note text not null default '',          -- a copy of its notes, for full text and facets
    document_id integer not null references documents (id),
    position integer not null,              -- 0-based, reading order within the document
    author_id integer references authors (id),
    category text not null,                 -- a copy of the document's, for facets
    year integer,                           -- of taken_at, else of synced_on
    taken_at text,                          -- when it was marked; for a tweet, when it was written
    view_url text,
    location text,
    location_kind text check (location_kind in ('location', 'page', 'time')),
    synced_on text,                         -- in the reader's own time zone: day, or day and minute
    incomplete integer not null default 0 check (incomplete in (0, 1)), -- 1: Readwise cut the text off
    gone_at text,                           -- when its last appearance disappeared
    uid text not null,
    content_hash integer not null,
    unique (uid)
) strict;
create index highlights_document on highlights (document_id, position);
create index highlights_category_year on highlights (category, year);
create index highlights_category_taken on highlights (category, taken_at);
create index highlights_category_author on highlights (category, author_id);
create index highlights_year_category on highlights (year, category);
create index highlights_year_taken on highlights (year, taken_at);
create index highlights_year_author on highlights (year, author_id);
create index highlights_author_taken on highlights (author_id, taken_at);
create index highlights_taken on highlights (taken_at);
create index highlights_synced on highlights (synced_on, id) where gone_at is null;
create index highlights_untaken on highlights (synced_on, id) where taken_at is null and gone_at is null;
create index highlights_gone on highlights (id) where gone_at is not null;
create index highlights_went on highlights (gone_at) where gone_at is not null;
create index highlights_noted on highlights (id) where note <> '';
create index highlights_cut on highlights (id) where incomplete = 1;

create table tweets (
    id integer primary key,                 -- the status id
    text text,                              -- cleaned, links expanded; null: not computed yet
    highlight_id integer not null references highlights (id) on delete cascade,
    author_id integer references authors (id),
    thread_id integer,                      -- the thread's first status id; null: not part of a thread
    position integer not null,              -- 0-based by id within the thread
    created_at text not null,               -- from the id
    url text not null
) strict;
create unique index tweets_highlight on tweets (highlight_id);
create index tweets_thread on tweets (thread_id, position);
create index tweets_author on tweets (author_id);
create index tweets_stale on tweets (id) where text is null;

-- Which files contain a highlight. The row in `highlights` is a function of these rows. (They are too long for a
-- table without rowid, which would waste a fifth of its space.)
create table appearances (
    highlight_id integer not null references highlights (id) on delete cascade,
    document_id integer not null references documents (id) on delete cascade,
    file_id integer not null references files (id) on delete cascade,
    line integer not null,                  -- 1-based
    position integer not null,              -- 0-based order in the file's document
    page_line integer not null,             -- where its document begins: `line` in document_appearances
    uid text not null,                      -- the file's uid for it
    alias integer not null check (alias in (0, 1)), -- 1: the highlight's row has another uid
    pair integer,                           -- hash of author, title and text
    claim blob not null,                    -- the file's version of it: a JSON array, compressed (`store/claims.py`)
    primary key (highlight_id, file_id, line)
) strict;
create index appearances_file on appearances (file_id);
create index appearances_document on appearances (document_id);
create index appearances_uid on appearances (uid) where alias = 1;
create index appearances_pair on appearances (pair) where pair is not null;

-- Readwise's sync headings on a page.
create table sections (
    file_id integer not null references files (id) on delete cascade,
    line integer not null,
    heading text not null,
    synced_on text,
    primary key (file_id, line)
) strict, without rowid;

-- Properties that Logseq keeps with blocks (id::, collapsed::, card-…::).
create table block_properties (
    file_id integer not null references files (id) on delete cascade,
    line integer not null,                  -- of the block's first line, 1-based
    key text not null,
    value text not null,
    primary key (file_id, line, key)
) strict, without rowid;

create table notes (
    id integer primary key,
    text text not null,
    kind text not null check (kind in ('note', 'block', 'mark', 'text')),
    highlight_id integer references highlights (id) on delete cascade, -- null: a note on the document
    document_id integer not null references documents (id) on delete cascade,
    position integer not null               -- 0-based within its highlight or document
) strict;
create index notes_highlight on notes (highlight_id);
create index notes_document on notes (document_id);

create table tags (
    id integer primary key,
    name text not null,
    unique (name)
) strict;

create table highlight_tags (
    highlight_id integer not null references highlights (id) on delete cascade,
    tag_id integer not null references tags (id),
    position integer not null,
    primary key (highlight_id, tag_id)
) strict, without rowid;
create index highlight_tags_tag on highlight_tags (tag_id);

create table document_tags (
    document_id integer not null references documents (id) on delete cascade,
    tag_id integer not null references tags (id),
    position integer not null,
    primary key (document_id, tag_id)
) strict, without rowid;
create index document_tags_tag on document_tags (tag_id);

-- What links lead to: one row per canonical URL.
create table resources (
    id integer primary key,
    title text,
    url text not null,                      -- canonical; can be opened in a browser
    kind text not null,
    site text not null,
    author text,
    published_on text,
    description text,
    status text not null check (status in
        ('pending', 'skipped', 'ok', 'blocked', 'gone', 'dns', 'tls', 'timeout', 'error', 'archived')),
    archive_url text,                       -- a snapshot, if the resource is gone
    read_at text,                           -- when the reader ticked its box in the reading list
    uid text not null,                      -- the key by which resources are compared
    uid_version integer not null default 1, -- version of the rules that made the key
    unique (uid)
) strict;
create index resources_site on resources (site);
create index resources_status on resources (status);
create index resources_read on resources (read_at) where read_at is not null;
create index resources_untitled on resources (id) where title is null and status = 'pending';

create table links (
    id integer primary key,
    url text not null,                      -- as found
    host text not null,
    short integer not null check (short in (0, 1)),
    status text not null check (status in
        ('pending', 'resolved', 'media', 'self', 'tweet', 'unsafe', 'gone', 'loop', 'invalid')),
    final_url text,
    resource_id integer references resources (id),
    http_status integer,
    error text,
    attempts integer not null default 0,
    checked_at text,
    due_at text,                            -- next try; null: not tried yet if pending, else never again
    read_at text,                           -- the same as in resources, for a link without one
    hops text not null default '[]' check (json_valid(hops)), -- the redirects: [{url, status, via, downgrade} …]
    uid text not null,                      -- t.co/<id>, or the URL
    unique (uid)
) strict;
create index links_resource on links (resource_id);
create index links_status on links (status, due_at);
create index links_read on links (resource_id, read_at) where read_at is not null;

create table highlight_links (
    highlight_id integer not null references highlights (id) on delete cascade,
    link_id integer not null references links (id),
    position integer not null,              -- 0-based, order in the text
    label text,
    offer text check (offer in ('offered', 'inline', 'never')), -- how the text presents it; null: not computed yet
    primary key (highlight_id, position)
) strict, without rowid;
create index highlight_links_link on highlight_links (link_id);
create index highlight_links_stale on highlight_links (highlight_id) where offer is null;

-- A change to what a derived column depends on empties it; `gleanings` computes it again (`store/tweets.py`).
create trigger offers_stale_highlight after update of text, document_id, view_url on highlights
when (old.text, old.document_id, old.view_url) is not (new.text, new.document_id, new.view_url) begin
    update highlight_links set offer = null where highlight_id = new.id and offer is not null;
end;

create trigger offers_stale_link after update of status, final_url, resource_id on links
when (old.status, old.final_url, old.resource_id) is not (new.status, new.final_url, new.resource_id) begin
    update highlight_links set offer = null where link_id = new.id and offer is not null;
end;

create trigger offers_stale_document after update of url on documents when old.url is not new.url begin
    update highlight_links set offer = null
    where offer is not null and highlight_id in (select id from highlights where document_id = new.id);
end;

create trigger titles_stale after update of full_title, category on documents
when (old.full_title, old.category) is not (new.full_title, new.category) begin
    update documents set shown_title = null where id = new.id and shown_title is not null;
end;

-- Pictures. They are downloaded once and retried by the same rules as links.
create table media (
    id integer primary key,
    url text not null,
    sha256 text,
    path text,                              -- of the copy, relative to the store's folder
    content_type text,
    status text not null default 'pending',
    size integer,                           -- bytes
    http_status integer,
    error text,
    attempts integer not null default 0,
    checked_at text,
    due_at text,                            -- next try; null: not tried yet if pending, else never again
    unique (url)
) strict;
create index media_status on media (status, due_at);

create table highlight_media (
    highlight_id integer not null references highlights (id) on delete cascade,
    media_id integer not null references media (id),
    position integer not null,
    alt text not null default '',
    primary key (highlight_id, position)
) strict, without rowid;
create index highlight_media_media on highlight_media (media_id);

create table topics (
    id integer primary key,
    name text not null,
    slug text not null,
    unique (slug, name)
) strict;
create index topics_name on topics (name);

create table highlight_topics (
    highlight_id integer not null references highlights (id) on delete cascade,
    topic_id integer not null references topics (id) on delete cascade,
    reason text not null,
    score real not null default 1.0,
    primary key (highlight_id, topic_id, reason)
) strict, without rowid;
create index highlight_topics_topic on highlight_topics (topic_id);

-- Other names of the reader's own pages (not of highlight pages): `alias::`, `aliases:`.
create table topic_aliases (
    file_id integer not null references files (id) on delete cascade,
    page text not null,                     -- the page's name
    alias text not null,
    primary key (file_id, page, alias)
) strict, without rowid;

-- What the reader's edits of topic notes say: a highlight put into one, taken out of one, or tagged there.
create table topic_examples (
    highlight_id integer not null references highlights (id) on delete cascade,
    topic text not null,                    -- the topic's name, or the tag
    kind text not null check (kind in ('example', 'counter', 'tag')),
    path text not null,                     -- the note, relative to the export folder
    noted_at text not null,
    primary key (highlight_id, topic)
) strict, without rowid;

-- What is known about the topics of a document; only documents that changed are looked at again.
create table topic_scores (
    document_id integer primary key references documents (id) on delete cascade,
    mark text not null,                     -- hash of all that the topics depend on
    members text not null,                  -- of the rows in highlight_topics
    summary text not null,                  -- JSON: uses of names, and what topics learn and show
    scores text not null                    -- JSON: by place in the document [subject, probability, phrases, share]
) strict;

-- What a language model answered, so that it is asked only once (`llm` under [topics]).
create table model_answers (
    model text not null,
    question text not null,                 -- hash of the prompt's version, the topic and the text
    answer text not null,                   -- about, no, or empty if it was of no use; of suggestions JSON
    answered_at text not null,
    primary key (model, question)
) strict, without rowid;

-- Text embeddings for the extra `topics`; computed again when the text or the model changes.
create table highlight_vectors (
    highlight_id integer primary key references highlights (id) on delete cascade,
    text_hash integer not null,             -- of the text and the model
    vector blob not null                    -- its direction, one signed byte per dimension
) strict;

-- Earlier texts of highlights.
create table versions (
    id integer primary key,
    text text not null,
    highlight_id integer not null references highlights (id) on delete cascade,
    run_id integer references runs (id) on delete set null,
    replaced_at text not null
) strict;
create index versions_highlight on versions (highlight_id);
create index versions_replaced on versions (replaced_at);

-- Folders that notes were exported to.
create table export_folders (
    id integer primary key,
    uid text not null unique,               -- also in the folder's .gleanings.json, so that a moved folder is found
    path text not null unique,              -- absolute; where it was at the last export
    device integer not null,                -- the number of the file system there
    emptied integer not null default 0 check (emptied in (0, 1)) -- 1: the reader confirmed that they emptied it
) strict;

-- The stamps of the last export to each folder, of the last assignment of topics, and of the last full check of
-- the files in a folder.
create table export_states (
    key text primary key,                   -- the folder's absolute path, `topics`, or `checked <folder>`
    text text not null,                     -- JSON
    saved_at text not null
) strict, without rowid;

-- Notes that are being written: after a kill, what reached the disk is recorded as written.
create table note_journal (
    folder_id integer not null references export_folders (id) on delete cascade,
    path text not null,                     -- relative to the folder
    note_uid text not null,
    temporary text not null,                -- the temporary file that becomes the note; empty: the note is removed
    fingerprint text not null,              -- of the bytes that the file will hold
    base_text text not null,
    blocks text not null check (json_valid(blocks)), -- [[key, text], …]
    is_staged integer not null default 0 check (is_staged in (0, 1)), -- 1: the temporary file is complete
    primary key (folder_id, path)
) strict, without rowid;

-- What the last export wrote, block by block: the base of a three-way merge with the reader's edits.
create table written (
    folder_id integer not null references export_folders (id) on delete cascade,
    path text not null,                     -- relative to the folder
    block_key text not null default '',     -- '': the whole page
    base_text text not null,
    note_uid text not null,                 -- the note it belongs to: topic:<slug>, document:<uid> …
    position integer not null default 0,    -- order of the blocks within the page
    written_at text not null,
    primary key (folder_id, path, block_key)
) strict, without rowid;
create index written_newest on written (folder_id, written_at, path) where block_key = '';

-- What files claimed before the last run that changed anything: enough to undo that run, or to redo it.
create table undo_files (
    run_id integer not null,                -- the run that can be undone
    root text not null,                     -- of the file, as in `files`
    path text not null,
    before text check (before is null or json_valid(before)), -- null: the run read it for the first time
    primary key (run_id, root, path)
) strict;

create table undo_marks (
    run_id integer primary key,
    last_highlight_id integer not null,     -- rows with a larger id were added by the run
    last_document_id integer not null
) strict;

-- How far a service has been read: where the next listing begins, and where an interrupted one continues.
create table cursors (
    source text primary key,                -- `readwise`
    updated_after text,                     -- the server's time; everything that changed before it is stored
    recent text not null default '[]'       -- fingerprints of stored items that the server will list again
        check (json_valid(recent)),
    page_cursor text,                       -- the next page of an interrupted listing; else null
    first_latest text,                      -- largest updated_at on that listing's first page
    reader integer not null                 -- version of the parser; the cursor of an older one is ignored
) strict, without rowid;

-- How fast a host may be asked, as learned from its answers; the next `expand` begins with it.
create table host_paces (
    host text primary key,
    per_second real not null,
    refused_at_pace real,                   -- the pace at its last refusal; null: never refused
    learned_at text not null
) strict, without rowid;
