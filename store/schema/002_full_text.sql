-- Full text over what the reader marked, and over what links lead to. Datasette and sqlite-utils look
-- for exactly this form, with double quotes, to know which table an index belongs to.

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

-- unicode61 finds nothing inside a sentence without blanks: pairs of CJK characters, only for the
-- highlights that have any.
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
