-- Pictures are fetched once and tried again by the same rules as links. `path` is of the copy, below the
-- store's own folder; `size` is in bytes; without `due_at` one that was checked is never tried again.
alter table media add column size integer;
alter table media add column http_status integer;
alter table media add column error text;
alter table media add column attempts integer not null default 0;
alter table media add column checked_at text;
alter table media add column due_at text;
create index media_status on media (status, due_at);
