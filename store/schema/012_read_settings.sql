-- With which settings of its folder a file was read: where they change it is read again.
alter table files add column read_as text not null default '';
