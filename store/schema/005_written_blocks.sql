-- Which of a page's blocks comes before which: in the order in which the exporter rendered them.
alter table written add column position integer not null default 0;
