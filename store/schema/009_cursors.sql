-- How far a service was read: what the next listing asks for, and where one that broke off goes on.
create table cursors (
    source text primary key,                -- `readwise`
    updated_after text,                     -- the server's time; all that changed before it is stored
    recent text not null default '[]'       -- prints of what the server lists again though it is stored
        check (json_valid(recent)),
    page_cursor text,                       -- the next page of a listing under way; null between listings
    first_latest text,                      -- largest updated_at on that listing's first page
    reader integer not null                 -- version of the reader: an older one's cursor counts for nothing
) strict, without rowid;
