-- What the browser shows on every page is counted once, at the end of a run, and never by a page.

create table facet_counts (
    facet text not null,                    -- `store/counts.py` lists them
    value text not null,                    -- an id, a name or `YYYY-MM`
    part text not null default '',          -- a second value: the category of a month, a link's state
    count integer not null,
    primary key (facet, value, part)
) strict, without rowid;
create index facet_counts_size on facet_counts (facet, count);

-- One row for each resource that a live highlight leads to: the view `reading_list`, kept.
create table shared_resources (
    resource_id integer primary key references resources (id) on delete cascade,
    kind text not null,
    site text not null,
    status text not null,
    shared integer not null,                -- highlights that lead to it
    authors integer not null,               -- of those highlights
    first_shared_at text,
    last_shared_at text
) strict;
create index shared_resources_shared on shared_resources (shared, resource_id);
create index shared_resources_kind on shared_resources (kind, shared);
create index shared_resources_site on shared_resources (site, shared);
create index shared_resources_status on shared_resources (status, shared);

create index highlights_synced on highlights (synced_on, id) where gone_at is null;
create index highlights_taken on highlights (taken_at);
create index highlights_author_taken on highlights (author_id, taken_at);
create index highlights_year_author on highlights (year, author_id);
create index highlights_year_taken on highlights (year, taken_at);
create index highlights_category_author on highlights (category, author_id);
-- highlights_author_taken and the two above answer for it:
drop index highlights_author;
create index highlights_gone on highlights (id) where gone_at is not null;
create index highlights_cut on highlights (id) where incomplete = 1;
create index documents_title on documents (title);
create index topics_name on topics (name);
create index resources_status on resources (status);
create index problems_kind on problems (kind);
