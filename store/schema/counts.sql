-- Counts for the browser's pages: written at the end of a run, so that no page has to count.

create table facet_counts (
    facet text not null,                    -- listed in `store/counts.py`
    value text not null,                    -- an id, a name, `YYYY-MM` or `YYYY-MM-DD`
    part text not null default '',          -- a second value: the category of a month, a link's status
    count integer not null,
    primary key (facet, value, part)
) strict, without rowid;
create index facet_counts_size on facet_counts (facet, count);

-- One row for each resource that a highlight, unless it is gone, leads to; the recommended ones are in the view
-- `reading_list`.
create table shared_resources (
    resource_id integer primary key references resources (id) on delete cascade,
    kind text not null,
    site text not null,
    status text not null,
    shared integer not null,                -- number of highlights that lead to it
    authors integer not null,               -- number of authors of those highlights
    first_shared_at text,
    last_shared_at text,
    recommended integer not null            -- 1: a highlight offers it, or several authors share it
) strict;
create index shared_resources_shared on shared_resources (shared, resource_id);
create index shared_resources_recommended on shared_resources (recommended, shared, resource_id);
create index shared_resources_recommended_last on shared_resources (recommended, last_shared_at, resource_id);
create index shared_resources_kind on shared_resources (kind, shared);
create index shared_resources_site on shared_resources (site, shared);
create index shared_resources_status on shared_resources (status, shared);
create index shared_resources_last on shared_resources (last_shared_at, resource_id);

-- One row for each document, so that lists of documents can be sorted without counting highlights.
create table document_counts (
    document_id integer primary key references documents (id) on delete cascade,
    category text not null,
    highlights integer not null,            -- those not gone
    first_at text,                          -- of taken_at, else of synced_on
    last_at text
) strict;
create index document_counts_last on document_counts (last_at, document_id);
create index document_counts_size on document_counts (highlights, document_id);
create index document_counts_category_last on document_counts (category, last_at, document_id);
create index document_counts_category_size on document_counts (category, highlights, document_id);

-- Changes since the counts were last updated, recorded by triggers, so that a small import into a large store
-- recounts only what it touched. `store/counts.py` reads both tables and empties them.

create table count_steps (
    highlight_id integer not null,
    document_id integer not null,
    category text not null,
    year integer,
    author_id integer,
    day text,                               -- YYYY-MM-DD of taken_at, else of synced_on
    live integer not null,                  -- 0: gone
    step integer not null                   -- 1: the row as it is now; -1: as it was before
) strict;

-- Rows may repeat: `insert or ignore` does not work in a trigger that an upsert fires, since the conflict
-- handling of the outer statement overrides it.
create table count_marks (
    kind text not null check (kind in ('topic', 'tag', 'resource')),
    id integer not null
) strict;

create trigger highlights_counted_insert after insert on highlights begin
    insert into count_steps values (new.id, new.document_id, new.category, new.year, new.author_id,
        substr(coalesce(new.taken_at, new.synced_on), 1, 10), new.gone_at is null, 1);
end;

create trigger highlights_counted_delete after delete on highlights begin
    insert into count_steps values (old.id, old.document_id, old.category, old.year, old.author_id,
        substr(coalesce(old.taken_at, old.synced_on), 1, 10), old.gone_at is null, -1);
end;

create trigger highlights_counted_update
after update of document_id, category, year, author_id, taken_at, synced_on, gone_at on highlights
when (old.document_id, old.category, old.year, old.author_id, old.taken_at, old.synced_on, old.gone_at)
    is not (new.document_id, new.category, new.year, new.author_id, new.taken_at, new.synced_on, new.gone_at)
begin
    insert into count_steps values
        (old.id, old.document_id, old.category, old.year, old.author_id,
            substr(coalesce(old.taken_at, old.synced_on), 1, 10), old.gone_at is null, -1),
        (new.id, new.document_id, new.category, new.year, new.author_id,
            substr(coalesce(new.taken_at, new.synced_on), 1, 10), new.gone_at is null, 1);
end;

create trigger highlight_topics_counted_insert after insert on highlight_topics begin
    insert into count_marks values ('topic', new.topic_id);
end;

create trigger highlight_topics_counted_delete after delete on highlight_topics begin
    insert into count_marks values ('topic', old.topic_id);
end;

create trigger highlight_tags_counted_insert after insert on highlight_tags begin
    insert into count_marks values ('tag', new.tag_id);
end;

create trigger highlight_tags_counted_delete after delete on highlight_tags begin
    insert into count_marks values ('tag', old.tag_id);
end;

create trigger highlight_links_counted_insert after insert on highlight_links begin
    insert into count_marks
    select 'resource', resource_id from links where id = new.link_id and resource_id is not null;
end;

create trigger highlight_links_counted_delete after delete on highlight_links begin
    insert into count_marks
    select 'resource', resource_id from links where id = old.link_id and resource_id is not null;
end;

create trigger highlight_links_counted_update
after update of link_id, highlight_id, offer on highlight_links begin
    insert into count_marks
    select 'resource', resource_id from links where id in (old.link_id, new.link_id) and resource_id is not null;
end;

create trigger links_counted_insert after insert on links when new.resource_id is not null begin
    insert into count_marks values ('resource', new.resource_id);
end;

create trigger links_counted_update after update of resource_id, status on links
when (old.resource_id, old.status) is not (new.resource_id, new.status) begin
    insert into count_marks
    select 'resource', value from json_each(json_array(old.resource_id, new.resource_id))
    where value is not null;
end;

create trigger links_counted_delete after delete on links when old.resource_id is not null begin
    insert into count_marks values ('resource', old.resource_id);
end;

create trigger resources_counted_update after update of kind, site, status on resources
when (old.kind, old.site, old.status) is not (new.kind, new.site, new.status) begin
    insert into count_marks values ('resource', new.id);
end;

-- One row while counts that are always counted in full (`count_rest` in `store/counts.py`) may be wrong.
create table stale_counts (
    is_stale integer not null check (is_stale = 1)
) strict;

create trigger links_stale_insert after insert on links
when not exists (select 1 from stale_counts) begin
    insert into stale_counts values (1);
end;

create trigger links_stale_delete after delete on links
when not exists (select 1 from stale_counts) begin
    insert into stale_counts values (1);
end;

create trigger links_stale_update after update of status on links
when not exists (select 1 from stale_counts) and old.status is not new.status begin
    insert into stale_counts values (1);
end;

create trigger resources_stale_insert after insert on resources
when not exists (select 1 from stale_counts) begin
    insert into stale_counts values (1);
end;

create trigger resources_stale_delete after delete on resources
when not exists (select 1 from stale_counts) begin
    insert into stale_counts values (1);
end;

create trigger resources_stale_update after update of kind, site, status, title on resources
when not exists (select 1 from stale_counts)
    and (old.kind, old.site, old.status, old.title is null)
        is not (new.kind, new.site, new.status, new.title is null) begin
    insert into stale_counts values (1);
end;

create trigger problems_stale_insert after insert on problems
when not exists (select 1 from stale_counts) begin
    insert into stale_counts values (1);
end;

create trigger problems_stale_delete after delete on problems
when not exists (select 1 from stale_counts) begin
    insert into stale_counts values (1);
end;

create trigger documents_stale_insert after insert on documents
when not exists (select 1 from stale_counts) begin
    insert into stale_counts values (1);
end;

create trigger documents_stale_delete after delete on documents
when not exists (select 1 from stale_counts) begin
    insert into stale_counts values (1);
end;

create trigger documents_stale_update after update of gone_at on documents
when not exists (select 1 from stale_counts) and old.gone_at is not new.gone_at begin
    insert into stale_counts values (1);
end;

create trigger tweets_stale_insert after insert on tweets
when not exists (select 1 from stale_counts) begin
    insert into stale_counts values (1);
end;

create trigger tweets_stale_delete after delete on tweets
when not exists (select 1 from stale_counts) begin
    insert into stale_counts values (1);
end;

create trigger tweets_stale_update after update of thread_id on tweets
when not exists (select 1 from stale_counts) and old.thread_id is not new.thread_id begin
    insert into stale_counts values (1);
end;

create trigger authors_stale_insert after insert on authors
when not exists (select 1 from stale_counts) begin
    insert into stale_counts values (1);
end;

create trigger authors_stale_delete after delete on authors
when not exists (select 1 from stale_counts) begin
    insert into stale_counts values (1);
end;

create trigger highlights_stale_update after update of incomplete on highlights
when not exists (select 1 from stale_counts) and old.incomplete is not new.incomplete begin
    insert into stale_counts values (1);
end;
