-- Other names that the reader's own pages (not highlight pages) have: `alias::`, `aliases:`.
create table topic_aliases (
    file_id integer not null references files (id) on delete cascade,
    page text not null,                     -- the page's name
    alias text not null,
    primary key (file_id, page, alias)
) strict, without rowid;

-- What a highlight's text means, for the extra `topics`; made anew when the text or the model changed.
create table highlight_vectors (
    highlight_id integer primary key references highlights (id) on delete cascade,
    text_hash integer not null,             -- of the text and the model that the vector was made of
    vector blob not null                    -- its direction, a signed byte a dimension
) strict;
