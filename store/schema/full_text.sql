-- Full-text indexes, kept up to date by triggers. Datasette and sqlite-utils find the table that an index
-- belongs to only in exactly this form, with double quotes.

create virtual table highlights_fts using fts5 (
    text, note,
    tokenize='porter unicode61 remove_diacritics 2', content="highlights", content_rowid="id"
);

create trigger highlights_fts_insert after insert on highlights begin
    insert into highlights_fts (rowid, text, note) values (new.id, new.text, new.note);
end;

create trigger highlights_fts_delete after delete on highlights begin
    insert into highlights_fts (highlights_fts, rowid, text, note)
    values ('delete', old.id, old.text, old.note);
end;

create trigger highlights_fts_update after update of text, note on highlights
when old.text is not new.text or old.note is not new.note begin
    insert into highlights_fts (highlights_fts, rowid, text, note)
    values ('delete', old.id, old.text, old.note);
    insert into highlights_fts (rowid, text, note) values (new.id, new.text, new.note);
end;

-- The tokenizer unicode61 takes a sentence without spaces for one word. So CJK text is indexed as pairs of
-- characters, in a table with rows only for the highlights that contain any.
create virtual table highlights_cjk using fts5 (pairs, tokenize='unicode61');

create trigger highlights_cjk_delete after delete on highlights begin
    delete from highlights_cjk where rowid = old.id;
end;

create virtual table resources_fts using fts5 (
    title, description, author, site,
    tokenize='porter unicode61 remove_diacritics 2', content="resources", content_rowid="id"
);

create trigger resources_fts_insert after insert on resources begin
    insert into resources_fts (rowid, title, description, author, site)
    values (new.id, new.title, new.description, new.author, new.site);
end;

create trigger resources_fts_delete after delete on resources begin
    insert into resources_fts (resources_fts, rowid, title, description, author, site)
    values ('delete', old.id, old.title, old.description, old.author, old.site);
end;

create trigger resources_fts_update after update of title, description, author, site on resources
when old.title is not new.title or old.description is not new.description
    or old.author is not new.author or old.site is not new.site begin
    insert into resources_fts (resources_fts, rowid, title, description, author, site)
    values ('delete', old.id, old.title, old.description, old.author, old.site);
    insert into resources_fts (rowid, title, description, author, site)
    values (new.id, new.title, new.description, new.author, new.site);
end;

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

-- The reader's notes on a document; notes on a highlight are in `highlights_fts`.
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
