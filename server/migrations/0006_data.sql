-- Up Migration

-- labels: filters compare them, so that those written before text was composed are composed once. Few are; the others
-- are not rewritten.

update tickets set labels = array(select distinct normalize(label) collate "C" from unnest(labels) label order by 1)
where exists (select 1 from unnest(labels) label where label is not nfc normalized);
