-- What each file calls its highlights and documents, which may be one row under another name: enough to
-- find out anew which are one, whatever is added or taken away (`store/identities.py`). A name is null
-- where it is the row's own; a hash is null in what was read before these columns were.

alter table appearances add column uid text;
alter table appearances add column document_uid text;
-- of author, title and text:
alter table appearances add column pair integer;
create index appearances_uid on appearances (uid) where uid is not null;
create index appearances_pair on appearances (pair) where pair is not null;

alter table document_appearances add column uid text;
-- of author and title:
alter table document_appearances add column title integer;
create index document_appearances_uid on document_appearances (uid) where uid is not null;
create index document_appearances_title on document_appearances (title) where title is not null;
