-- The contract of DESIGN.md. Times are ISO 8601 in UTC unless a column says otherwise.
-- Columns stand in the order in which a person reads them: words first, bookkeeping last.

create table runs (
    id integer primary key,
    command text not null,
    started_at text not null,
    finished_at text,
    status text not null check (status in ('running', 'ok', 'partial', 'failed', 'interrupted')),
    added integer not null default 0,       -- highlights, or links for `expand`
    changed integer not null default 0,
    unchanged integer not null default 0,
    removed integer not null default 0,
    skipped integer not null default 0,     -- files or links that could not be dealt with
    message text
) strict;

create table files (
    id integer primary key,
    path text not null,                     -- below root, with /
    root text not null,                     -- absolute folder that the import was given
    dialect text,                           -- null: not a highlight page
    encoding text not null default 'utf-8', -- `utf-8, repaired` where it was decoded once too often
    gone_at text,
    sha256 text not null,
    size integer not null,                  -- bytes
    mtime_ns integer not null,
    reader integer not null default 0,      -- version of the reader that parsed it: an older one parses again
    run_id integer references runs (id) on delete set null,
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

create table authors (
    id integer primary key,
    name text not null,
    handle text,                            -- Twitter/X, without @
    url text,
    uid text not null,                      -- @handle in lower case, or the name
    unique (uid)
) strict;

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
    properties text not null default '{}' check (json_valid(properties)),
    thread_id integer,                      -- the status id in its url
    gone_at text,
    uid text not null,
    content_hash integer not null,
    unique (uid)
) strict;
create index documents_author on documents (author_id);

-- Where a document stands; `said` is what that file says of it when the files do not agree.
create table document_appearances (
    document_id integer not null references documents (id) on delete cascade,
    file_id integer not null references files (id) on delete cascade,
    line integer not null,
    said text check (said is null or json_valid(said)),
    primary key (document_id, file_id, line)
) strict, without rowid;
create index document_appearances_file on document_appearances (file_id);

create table highlights (
    id integer primary key,
    text text not null,                     -- Markdown as on the page, without the view link
    note text not null default '',          -- copy of its notes, for full text and facets
    document_id integer not null references documents (id),
    position integer not null,              -- 0-based, reading order within the document
    author_id integer references authors (id),
    category text not null,
    year integer,                           -- of taken_at, else of synced_on
    taken_at text,                          -- when it was marked, or for a tweet when it was written
    view_url text,
    location text,
    location_kind text check (location_kind in ('location', 'page', 'time')),
    synced_on text,                         -- the reader's own zone: day, or day and minute
    incomplete integer not null default 0 check (incomplete in (0, 1)),
    gone_at text,                           -- stands nowhere any more since
    uid text not null,
    content_hash integer not null,
    unique (uid)
) strict;
create index highlights_document on highlights (document_id, position);
create index highlights_category_year on highlights (category, year);
create index highlights_year_category on highlights (year, category);
create index highlights_category_taken on highlights (category, taken_at);
create index highlights_author on highlights (author_id, category, year);

create table tweets (
    id integer primary key,                 -- the status id
    text text,                              -- cleaned, links expanded; null: to be made anew
    highlight_id integer not null references highlights (id) on delete cascade,
    author_id integer references authors (id),
    thread_id integer,                      -- the thread's first status id; null: not of a thread
    position integer not null,              -- 0-based by id within the thread
    created_at text not null,               -- from the id
    url text not null
) strict;
create unique index tweets_highlight on tweets (highlight_id);
create index tweets_thread on tweets (thread_id, position);
create index tweets_author on tweets (author_id);
create index tweets_stale on tweets (id) where text is null;

-- Where a highlight stands; `said` is what that file says of it when it stands more than once.
create table appearances (
    highlight_id integer not null references highlights (id) on delete cascade,
    document_id integer not null references documents (id) on delete cascade,
    file_id integer not null references files (id) on delete cascade,
    line integer not null,                  -- 1-based
    position integer not null,              -- 0-based order in the file's document
    synced_on text,
    said text check (said is null or json_valid(said)),
    primary key (highlight_id, file_id, line)
) strict, without rowid;
create index appearances_file on appearances (file_id);
create index appearances_document on appearances (document_id);

-- Readwise's sync headers: what a page says of when it was synced.
create table sections (
    file_id integer not null references files (id) on delete cascade,
    line integer not null,
    heading text not null,
    synced_on text,
    primary key (file_id, line)
) strict, without rowid;

-- State that the notes' program keeps with blocks (id::, collapsed::, card-…::), by the block's first line.
create table block_properties (
    file_id integer not null references files (id) on delete cascade,
    line integer not null,
    key text not null,
    value text not null,
    primary key (file_id, line, key)
) strict, without rowid;

create table notes (
    id integer primary key,
    text text not null,
    kind text not null check (kind in ('note', 'block', 'mark')),
    highlight_id integer references highlights (id) on delete cascade,
    document_id integer not null references documents (id) on delete cascade,
    position integer not null               -- 0-based beside its highlight or document
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

create table resources (
    id integer primary key,
    title text,
    url text not null,                      -- canonical and clickable
    kind text not null,
    site text not null,
    author text,
    published_on text,
    description text,
    status text not null check (status in
        ('pending', 'skipped', 'ok', 'blocked', 'gone', 'dns', 'tls', 'timeout', 'error', 'archived')),
    archive_url text,                      -- the snapshot of a resource that is gone
    uid text not null,                      -- the key to compare by
    uid_version integer not null default 1, -- of the rules that made the key
    unique (uid)
) strict;
create index resources_site on resources (site);

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
    due_at text,                            -- null with status pending: never tried; else null: never again
    hops text not null default '[]' check (json_valid(hops)),
    uid text not null,                      -- t.co/<id>, or the URL
    unique (uid)
) strict;
create index links_resource on links (resource_id);
create index links_status on links (status, due_at);

create table highlight_links (
    highlight_id integer not null references highlights (id) on delete cascade,
    link_id integer not null references links (id),
    position integer not null,              -- 0-based, order in the text
    label text,
    primary key (highlight_id, position)
) strict, without rowid;
create index highlight_links_link on highlight_links (link_id);

create table media (
    id integer primary key,
    url text not null,
    sha256 text,
    path text,
    content_type text,
    status text not null default 'pending',
    unique (url)
) strict;

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

create table highlight_topics (
    highlight_id integer not null references highlights (id) on delete cascade,
    topic_id integer not null references topics (id) on delete cascade,
    reason text not null,
    score real not null default 1.0,
    primary key (highlight_id, topic_id, reason)
) strict, without rowid;
create index highlight_topics_topic on highlight_topics (topic_id);

create table versions (
    id integer primary key,
    text text not null,                     -- what the highlight said before
    highlight_id integer not null references highlights (id) on delete cascade,
    run_id integer references runs (id) on delete set null,
    replaced_at text not null
) strict;
create index versions_highlight on versions (highlight_id);

create table written (
    path text not null,                     -- absolute
    block_key text not null default '',     -- '': the whole page
    base_text text not null,
    note_uid text not null,                 -- which note it is: topic:<slug>, document:<uid> …
    written_at text not null,
    primary key (path, block_key)
) strict, without rowid;
