create view reading_list as
select
    r.id, r.title, r.url, r.kind, r.site, r.author, r.published_on, r.status, coalesce(r.read_at, max(l.read_at)) as read_at,
    count(distinct hl.highlight_id) as shared,
    count(distinct h.author_id) as authors,
    min(h.taken_at) as first_shared_at,
    max(h.taken_at) as last_shared_at,
    group_concat(distinct hl.label) as labels
from resources as r
join links as l on l.resource_id = r.id
join highlight_links as hl on hl.link_id = l.id
join highlights as h on h.id = hl.highlight_id and h.gone_at is null
where l.status = 'resolved' and r.kind not in ('media', 'tweet') and coalesce(hl.offer, 'inline') <> 'never'
group by r.id
having max(hl.offer = 'offered') or count(distinct h.author_id) > 1;

create view threads as
select
    t.thread_id,
    coalesce(d.shown_title, d.full_title) as title,
    a.name as author,
    count(*) as tweets,
    min(t.created_at) as started_at,
    max(t.created_at) as ended_at,
    d.url,
    h.document_id
from tweets as t
join highlights as h on h.id = t.highlight_id and h.gone_at is null
join documents as d on d.id = h.document_id
left join authors as a on a.id = d.author_id
where t.thread_id is not null
group by t.thread_id, h.document_id;

create view dead_links as
select
    l.id, l.url, l.final_url, l.status, r.status as resource_status, r.archive_url,
    l.error, l.http_status, l.attempts, l.checked_at, l.due_at,
    r.title, h.id as highlight_id, h.document_id
from links as l
left join resources as r on r.id = l.resource_id
left join highlight_links as hl on hl.link_id = l.id
left join highlights as h on h.id = hl.highlight_id
where l.status in ('gone', 'loop', 'invalid') or r.status in ('gone', 'archived', 'dns');

create view cut_highlights as
select
    h.id, h.text, coalesce(d.shown_title, d.full_title) as document, d.url as document_url, f.path as file, a.line, h.synced_on,
    h.document_id
from highlights as h
join documents as d on d.id = h.document_id
left join appearances as a on a.rowid = (select min(rowid) from appearances where highlight_id = h.id)
left join files as f on f.id = a.file_id
where h.incomplete = 1 and h.gone_at is null;

create view whats_new as
select
    h.id, h.text, h.note, coalesce(d.shown_title, d.full_title) as document, au.name as author, h.category, h.synced_on, h.taken_at,
    h.view_url, h.document_id
from highlights as h
join documents as d on d.id = h.document_id
left join authors as au on au.id = h.author_id
where h.gone_at is null
order by h.synced_on desc, h.id desc;
