-- What changed since the kept counts were brought up to date, written down by triggers: so a small import
-- into a large store is counted by its own rows. `store/counts.py` reads both tables and empties them.

create table count_steps (
    highlight_id integer not null,
    category text not null,
    year integer,
    author_id integer,
    month text,                             -- YYYY-MM of taken_at, else of synced_on
    live integer not null,                  -- 0: gone
    step integer not null                   -- 1: is so now; -1: was so before
) strict;

-- A mark may stand several times: `insert or ignore` in a trigger fails where its statement is an upsert, whose
-- way with conflicts counts for all that it sets off.
create table count_marks (
    kind text not null check (kind in ('topic', 'tag', 'resource')),
    id integer not null
) strict;

create trigger highlights_counted_insert after insert on highlights begin
    insert into count_steps values (new.id, new.category, new.year, new.author_id,
        substr(coalesce(new.taken_at, new.synced_on), 1, 7), new.gone_at is null, 1);
end;

create trigger highlights_counted_delete after delete on highlights begin
    insert into count_steps values (old.id, old.category, old.year, old.author_id,
        substr(coalesce(old.taken_at, old.synced_on), 1, 7), old.gone_at is null, -1);
end;

create trigger highlights_counted_update
after update of category, year, author_id, taken_at, synced_on, gone_at on highlights
when (old.category, old.year, old.author_id, old.taken_at, old.synced_on, old.gone_at)
    is not (new.category, new.year, new.author_id, new.taken_at, new.synced_on, new.gone_at)
begin
    insert into count_steps values
        (old.id, old.category, old.year, old.author_id,
            substr(coalesce(old.taken_at, old.synced_on), 1, 7), old.gone_at is null, -1),
        (new.id, new.category, new.year, new.author_id,
            substr(coalesce(new.taken_at, new.synced_on), 1, 7), new.gone_at is null, 1);
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

create trigger highlight_links_counted_update after update of link_id, highlight_id on highlight_links begin
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

create index resources_untitled on resources (id) where title is null and status = 'pending';

-- Everything is counted anew once: each row is a step.
delete from facet_counts;
delete from shared_resources;

insert into count_steps
select id, category, year, author_id, substr(coalesce(taken_at, synced_on), 1, 7), gone_at is null, 1
from highlights;

insert into count_marks
select 'topic', id from topics union all select 'tag', id from tags union all select 'resource', id from resources;

-- Full text over documents, and over what the reader wrote of a document rather than of a highlight.

create virtual table documents_fts using fts5 (
    title, full_title, summary, note,
    tokenize='porter unicode61 remove_diacritics 2', content="documents", content_rowid="id"
);

create trigger documents_fts_insert after insert on documents begin
    insert into documents_fts (rowid, title, full_title, summary, note)
    values (new.id, new.title, new.full_title, new.summary, new.note);
end;

create trigger documents_fts_delete after delete on documents begin
    insert into documents_fts (documents_fts, rowid, title, full_title, summary, note)
    values ('delete', old.id, old.title, old.full_title, old.summary, old.note);
end;

create trigger documents_fts_update after update of title, full_title, summary, note on documents
when (old.title, old.full_title, old.summary, old.note)
    is not (new.title, new.full_title, new.summary, new.note)
begin
    insert into documents_fts (documents_fts, rowid, title, full_title, summary, note)
    values ('delete', old.id, old.title, old.full_title, old.summary, old.note);
    insert into documents_fts (rowid, title, full_title, summary, note)
    values (new.id, new.title, new.full_title, new.summary, new.note);
end;

insert into documents_fts (documents_fts) values ('rebuild');

create virtual table document_notes_fts using fts5 (text, tokenize='porter unicode61 remove_diacritics 2');

create trigger document_notes_fts_insert after insert on notes when new.highlight_id is null begin
    insert into document_notes_fts (rowid, text) values (new.id, new.text);
end;

create trigger document_notes_fts_delete after delete on notes begin
    delete from document_notes_fts where rowid = old.id;
end;

create trigger document_notes_fts_update after update of text, highlight_id on notes begin
    delete from document_notes_fts where rowid = old.id;
    insert into document_notes_fts (rowid, text) select new.id, new.text where new.highlight_id is null;
end;

insert into document_notes_fts (rowid, text) select id, text from notes where highlight_id is null;

create index highlights_went on highlights (gone_at) where gone_at is not null;
create index versions_replaced on versions (replaced_at);
