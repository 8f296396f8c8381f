-- What files said before the last import that changed anything: enough to take it back.
create table undo_files (
    file_id integer primary key references files (id) on delete cascade,
    run_id integer not null,
    before text check (before is null or json_valid(before))  -- null: the run read it for the first time
) strict;

create table undo_marks (
    run_id integer primary key,
    last_highlight_id integer not null,     -- rows above these are the run's own
    last_document_id integer not null
) strict;
