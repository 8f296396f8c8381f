-- What changed since the last exports, recorded by triggers once there is a folder to export to: an export looks at
-- nothing else (`store/folder_states.py`). Rows may repeat. An id is never used again, since each folder remembers
-- the last one that its notes show.
create table note_changes (
    id integer primary key autoincrement,
    document_id integer,                    -- null with `topic` null: a change that may concern every note
    topic text                              -- the name of a topic that a highlight was put into or taken out of
) strict;

create trigger documents_changed_insert after insert on documents
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id) values (new.id);
end;

create trigger documents_changed_delete after delete on documents
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id) values (old.id);
end;

create trigger documents_changed_update
after update of uid, title, full_title, category, author_id, url, summary, note, properties, gone_at on documents
when exists (select 1 from export_folders)
    and (old.uid, old.title, old.full_title, old.category, old.author_id, old.url, old.summary, old.note,
        old.properties, old.gone_at)
    is not (new.uid, new.title, new.full_title, new.category, new.author_id, new.url, new.summary, new.note,
        new.properties, new.gone_at)
begin
    insert into note_changes (document_id) values (new.id);
end;

create trigger highlights_changed_insert after insert on highlights
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id) values (new.document_id);
end;

create trigger highlights_changed_delete after delete on highlights
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id) values (old.document_id);
end;

create trigger highlights_changed_update
after update of uid, document_id, text, position, view_url, location, location_kind, taken_at, synced_on, category,
    incomplete, gone_at on highlights
when exists (select 1 from export_folders)
    and (old.uid, old.document_id, old.text, old.position, old.view_url, old.location, old.location_kind,
        old.taken_at, old.synced_on, old.category, old.incomplete, old.gone_at)
    is not (new.uid, new.document_id, new.text, new.position, new.view_url, new.location, new.location_kind,
        new.taken_at, new.synced_on, new.category, new.incomplete, new.gone_at)
begin
    insert into note_changes (document_id) values (old.document_id), (new.document_id);
end;

create trigger tweets_changed_insert after insert on tweets
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id) select document_id from highlights where id = new.highlight_id;
end;

create trigger tweets_changed_delete after delete on tweets
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id) select document_id from highlights where id = old.highlight_id;
end;

create trigger tweets_changed_update after update of highlight_id, author_id, thread_id on tweets
when exists (select 1 from export_folders)
    and (old.highlight_id, old.author_id, old.thread_id) is not (new.highlight_id, new.author_id, new.thread_id)
begin
    insert into note_changes (document_id)
    select document_id from highlights where id in (old.highlight_id, new.highlight_id);
end;

create trigger authors_changed_update after update of name, handle, url on authors
when exists (select 1 from export_folders) and (old.name, old.handle, old.url) is not (new.name, new.handle, new.url)
begin
    insert into note_changes (document_id)
    select id from documents where author_id = new.id
    union select h.document_id from tweets as t join highlights as h on h.id = t.highlight_id
    where t.author_id = new.id;
end;

create trigger notes_changed_insert after insert on notes
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id) values (new.document_id);
end;

create trigger notes_changed_delete after delete on notes
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id) values (old.document_id);
end;

create trigger notes_changed_update after update on notes
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id) values (old.document_id), (new.document_id);
end;

create trigger tags_changed_update after update of name on tags
when exists (select 1 from export_folders) and old.name <> new.name begin
    insert into note_changes (document_id) values (null);
end;

create trigger highlight_tags_changed_insert after insert on highlight_tags
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id) select document_id from highlights where id = new.highlight_id;
end;

create trigger highlight_tags_changed_delete after delete on highlight_tags
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id) select document_id from highlights where id = old.highlight_id;
end;

create trigger highlight_tags_changed_update after update on highlight_tags
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id)
    select document_id from highlights where id in (old.highlight_id, new.highlight_id);
end;

create trigger document_tags_changed_insert after insert on document_tags
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id) values (new.document_id);
end;

create trigger document_tags_changed_delete after delete on document_tags
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id) values (old.document_id);
end;

create trigger document_tags_changed_update after update on document_tags
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id) values (old.document_id), (new.document_id);
end;

create trigger highlight_links_changed_insert after insert on highlight_links
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id) select document_id from highlights where id = new.highlight_id;
end;

create trigger highlight_links_changed_delete after delete on highlight_links
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id) select document_id from highlights where id = old.highlight_id;
end;

create trigger highlight_links_changed_update
after update of highlight_id, link_id, position, label on highlight_links
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id)
    select document_id from highlights where id in (old.highlight_id, new.highlight_id);
end;

create trigger links_changed_update after update of url, status, short, final_url, resource_id on links
when exists (select 1 from export_folders)
    and (old.url, old.status, old.short, old.final_url, old.resource_id)
    is not (new.url, new.status, new.short, new.final_url, new.resource_id)
begin
    insert into note_changes (document_id)
    select distinct h.document_id from highlight_links as hl join highlights as h on h.id = hl.highlight_id
    where hl.link_id = new.id;
end;

create trigger resources_changed_update after update of uid, url, title, kind, site, status, archive_url on resources
when exists (select 1 from export_folders)
    and (old.uid, old.url, old.title, old.kind, old.site, old.status, old.archive_url)
    is not (new.uid, new.url, new.title, new.kind, new.site, new.status, new.archive_url)
begin
    insert into note_changes (document_id)
    select distinct h.document_id from links as l join highlight_links as hl on hl.link_id = l.id
    join highlights as h on h.id = hl.highlight_id where l.resource_id = new.id;
end;

create trigger highlight_media_changed_insert after insert on highlight_media
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id) select document_id from highlights where id = new.highlight_id;
end;

create trigger highlight_media_changed_delete after delete on highlight_media
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id) select document_id from highlights where id = old.highlight_id;
end;

create trigger highlight_media_changed_update after update on highlight_media
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id)
    select document_id from highlights where id in (old.highlight_id, new.highlight_id);
end;

create trigger media_changed_update after update of url, path on media
when exists (select 1 from export_folders) and (old.url, old.path) is not (new.url, new.path) begin
    insert into note_changes (document_id)
    select distinct h.document_id from highlight_media as hm join highlights as h on h.id = hm.highlight_id
    where hm.media_id = new.id;
end;

create trigger topics_changed_update after update of name, slug on topics
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id) values (null);
end;

create trigger highlight_topics_changed_insert after insert on highlight_topics
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id, topic)
    select h.document_id, t.name from highlights as h, topics as t
    where h.id = new.highlight_id and t.id = new.topic_id;
end;

create trigger highlight_topics_changed_delete after delete on highlight_topics
when exists (select 1 from export_folders) begin
    insert into note_changes (document_id, topic)
    select h.document_id, t.name from topics as t left join highlights as h on h.id = old.highlight_id
    where t.id = old.topic_id;
end;
