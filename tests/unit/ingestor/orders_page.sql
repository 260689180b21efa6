-- compare
SELECT array_agg(s.n) FILTER (WHERE t.cabinet_id IS NULL),
        array_agg(s.n) FILTER (WHERE t.cabinet_id IS NOT NULL)
FROM unnest(CAST($2 AS bigint[]), CAST($3 AS TEXT[]))
        WITH ORDINALITY AS s (digest, srid, n)
LEFT JOIN orders AS t ON t.cabinet_id = $1 AND t.srid = s.srid
WHERE t.content_hash IS DISTINCT FROM s.digest OR t.gone;

-- stage
SET LOCAL work_mem = '64MB';
CREATE TEMPORARY TABLE IF NOT EXISTS staged_orders (n integer, content_hash bigint,
        ordered_at TIMESTAMP WITH TIME ZONE, last_change_at TIMESTAMP WITH TIME ZONE, warehouse_name TEXT,
        warehouse_type TEXT, country_name TEXT, oblast_okrug_name TEXT, region_name TEXT, supplier_article TEXT, nm_id
        BIGINT, barcode TEXT, category TEXT, subject TEXT, brand TEXT, tech_size TEXT, total_price text,
        discount_percent INTEGER, spp text, finished_price text, price_with_disc text, is_cancel BOOLEAN, cancelled_at
        TIMESTAMP WITH TIME ZONE, g_number TEXT, srid TEXT) ON COMMIT DELETE ROWS;

-- emptied
SELECT s.n FROM (SELECT n, content_hash, ordered_at, last_change_at, warehouse_name, warehouse_type, country_name,
        oblast_okrug_name, region_name, supplier_article, nm_id, barcode, category, subject, brand, tech_size,
        CAST(total_price AS NUMERIC(18, 2)), discount_percent, CAST(spp AS NUMERIC(18, 2)), CAST(finished_price AS
        NUMERIC(18, 2)), CAST(price_with_disc AS NUMERIC(18, 2)), is_cancel, cancelled_at, g_number, srid FROM
        staged_orders OFFSET 0) AS s (n, content_hash, ordered_at, last_change_at, warehouse_name, warehouse_type,
        country_name, oblast_okrug_name, region_name, supplier_article, nm_id, barcode, category, subject, brand,
        tech_size, total_price, discount_percent, spp, finished_price, price_with_disc, is_cancel, cancelled_at,
        g_number, srid) JOIN orders AS t ON t.cabinet_id = $1 AND t.srid = s.srid AND (t.last_change_at IS NULL OR
        t.last_change_at <= s.last_change_at OR t.last_change_at > now() + interval '1 hour')
WHERE NOT t.gone AND (false);

-- update
UPDATE orders AS t SET ordered_at = s.ordered_at, last_change_at = s.last_change_at, warehouse_name =
        s.warehouse_name, warehouse_type = s.warehouse_type, country_name = s.country_name, oblast_okrug_name =
        s.oblast_okrug_name, region_name = s.region_name, supplier_article = s.supplier_article, nm_id = s.nm_id,
        barcode = s.barcode, category = s.category, subject = s.subject, brand = s.brand, tech_size = s.tech_size,
        total_price = s.total_price, discount_percent = s.discount_percent, spp = s.spp, finished_price =
        s.finished_price, price_with_disc = s.price_with_disc, is_cancel = s.is_cancel, cancelled_at = s.cancelled_at,
        g_number = s.g_number, content_hash = s.content_hash, gone = false, revision = t.revision + 1,
        changed_at = now()
FROM (SELECT n, content_hash, ordered_at, last_change_at, warehouse_name, warehouse_type, country_name,
        oblast_okrug_name, region_name, supplier_article, nm_id, barcode, category, subject, brand, tech_size,
        CAST(total_price AS NUMERIC(18, 2)), discount_percent, CAST(spp AS NUMERIC(18, 2)), CAST(finished_price AS
        NUMERIC(18, 2)), CAST(price_with_disc AS NUMERIC(18, 2)), is_cancel, cancelled_at, g_number, srid FROM
        staged_orders OFFSET 0) AS s (n, content_hash, ordered_at, last_change_at, warehouse_name, warehouse_type,
        country_name, oblast_okrug_name, region_name, supplier_article, nm_id, barcode, category, subject, brand,
        tech_size, total_price, discount_percent, spp, finished_price, price_with_disc, is_cancel, cancelled_at,
        g_number, srid) WHERE t.cabinet_id = $1 AND t.srid = s.srid AND (t.last_change_at IS NULL OR t.last_change_at
        <= s.last_change_at OR t.last_change_at > now() + interval '1 hour') AND (t.gone OR t.ordered_at IS DISTINCT
        FROM s.ordered_at OR t.warehouse_name IS DISTINCT FROM s.warehouse_name OR t.warehouse_type IS DISTINCT FROM
        s.warehouse_type OR t.country_name IS DISTINCT FROM s.country_name OR t.oblast_okrug_name IS DISTINCT FROM
        s.oblast_okrug_name OR t.region_name IS DISTINCT FROM s.region_name OR t.supplier_article IS DISTINCT FROM
        s.supplier_article OR t.nm_id IS DISTINCT FROM s.nm_id OR t.barcode IS DISTINCT FROM s.barcode OR t.category
        IS DISTINCT FROM s.category OR t.subject IS DISTINCT FROM s.subject OR t.brand IS DISTINCT FROM s.brand OR
        t.tech_size IS DISTINCT FROM s.tech_size OR t.total_price IS DISTINCT FROM s.total_price OR t.discount_percent
        IS DISTINCT FROM s.discount_percent OR t.spp IS DISTINCT FROM s.spp OR t.finished_price IS DISTINCT FROM
        s.finished_price OR t.price_with_disc IS DISTINCT FROM s.price_with_disc OR t.is_cancel IS DISTINCT FROM
        s.is_cancel OR t.cancelled_at IS DISTINCT FROM s.cancelled_at OR t.g_number IS DISTINCT FROM s.g_number)
RETURNING s.n, new.revision, old.content_hash IS NULL,
        CASE WHEN num_nonnulls(old.status, old.cancel_type, old.status_at, old.chrt_id, old.is_mp, old.is_b2b,
        old.seller_price, old.destination_city, old.destination_district, old.currency) > 0 THEN ROW(new.status,
        new.cancel_type, new.status_at, new.chrt_id, new.is_mp, new.is_b2b, new.seller_price, new.destination_city,
        new.destination_district, new.currency) END, (CAST(old.ordered_at IS DISTINCT FROM new.ordered_at AS
        integer)::bigint << 0) | (CAST(old.last_change_at IS DISTINCT FROM new.last_change_at AS integer)::bigint <<
        1) | (CAST(old.warehouse_name IS DISTINCT FROM new.warehouse_name AS integer)::bigint << 2) |
        (CAST(old.warehouse_type IS DISTINCT FROM new.warehouse_type AS integer)::bigint << 3) |
        (CAST(old.country_name IS DISTINCT FROM new.country_name AS integer)::bigint << 4) |
        (CAST(old.oblast_okrug_name IS DISTINCT FROM new.oblast_okrug_name AS integer)::bigint << 5) |
        (CAST(old.region_name IS DISTINCT FROM new.region_name AS integer)::bigint << 6) | (CAST(old.supplier_article
        IS DISTINCT FROM new.supplier_article AS integer)::bigint << 7) | (CAST(old.nm_id IS DISTINCT FROM new.nm_id
        AS integer)::bigint << 8) | (CAST(old.barcode IS DISTINCT FROM new.barcode AS integer)::bigint << 9) |
        (CAST(old.category IS DISTINCT FROM new.category AS integer)::bigint << 10) | (CAST(old.subject IS DISTINCT
        FROM new.subject AS integer)::bigint << 11) | (CAST(old.brand IS DISTINCT FROM new.brand AS integer)::bigint
        << 12) | (CAST(old.tech_size IS DISTINCT FROM new.tech_size AS integer)::bigint << 13) | (CAST(old.total_price
        IS DISTINCT FROM new.total_price AS integer)::bigint << 14) | (CAST(old.discount_percent IS DISTINCT FROM
        new.discount_percent AS integer)::bigint << 15) | (CAST(old.spp IS DISTINCT FROM new.spp AS integer)::bigint
        << 16) | (CAST(old.finished_price IS DISTINCT FROM new.finished_price AS integer)::bigint << 17) |
        (CAST(old.price_with_disc IS DISTINCT FROM new.price_with_disc AS integer)::bigint << 18) |
        (CAST(old.is_cancel IS DISTINCT FROM new.is_cancel AS integer)::bigint << 19) | (CAST(old.cancelled_at IS
        DISTINCT FROM new.cancelled_at AS integer)::bigint << 20) | (CAST(old.g_number IS DISTINCT FROM new.g_number
        AS integer)::bigint << 21), CASE WHEN old.ordered_at IS DISTINCT FROM new.ordered_at THEN old.ordered_at END,
        CASE WHEN old.last_change_at IS DISTINCT FROM new.last_change_at THEN old.last_change_at END, CASE WHEN
        old.warehouse_name IS DISTINCT FROM new.warehouse_name THEN old.warehouse_name END, CASE WHEN
        old.warehouse_type IS DISTINCT FROM new.warehouse_type THEN old.warehouse_type END, CASE WHEN old.country_name
        IS DISTINCT FROM new.country_name THEN old.country_name END, CASE WHEN old.oblast_okrug_name IS DISTINCT FROM
        new.oblast_okrug_name THEN old.oblast_okrug_name END, CASE WHEN old.region_name IS DISTINCT FROM
        new.region_name THEN old.region_name END, CASE WHEN old.supplier_article IS DISTINCT FROM new.supplier_article
        THEN old.supplier_article END, CASE WHEN old.nm_id IS DISTINCT FROM new.nm_id THEN old.nm_id END, CASE WHEN
        old.barcode IS DISTINCT FROM new.barcode THEN old.barcode END, CASE WHEN old.category IS DISTINCT FROM
        new.category THEN old.category END, CASE WHEN old.subject IS DISTINCT FROM new.subject THEN old.subject END,
        CASE WHEN old.brand IS DISTINCT FROM new.brand THEN old.brand END, CASE WHEN old.tech_size IS DISTINCT FROM
        new.tech_size THEN old.tech_size END, CASE WHEN old.total_price IS DISTINCT FROM new.total_price THEN
        old.total_price END, CASE WHEN old.discount_percent IS DISTINCT FROM new.discount_percent THEN
        old.discount_percent END, CASE WHEN old.spp IS DISTINCT FROM new.spp THEN old.spp END, CASE WHEN
        old.finished_price IS DISTINCT FROM new.finished_price THEN old.finished_price END, CASE WHEN
        old.price_with_disc IS DISTINCT FROM new.price_with_disc THEN old.price_with_disc END, CASE WHEN old.is_cancel
        IS DISTINCT FROM new.is_cancel THEN old.is_cancel END, CASE WHEN old.cancelled_at IS DISTINCT FROM
        new.cancelled_at THEN old.cancelled_at END, CASE WHEN old.g_number IS DISTINCT FROM new.g_number THEN
        old.g_number END;

-- refresh
UPDATE orders AS t SET ordered_at = s.ordered_at, last_change_at = s.last_change_at, warehouse_name =
        s.warehouse_name, warehouse_type = s.warehouse_type, country_name = s.country_name, oblast_okrug_name =
        s.oblast_okrug_name, region_name = s.region_name, supplier_article = s.supplier_article, nm_id = s.nm_id,
        barcode = s.barcode, category = s.category, subject = s.subject, brand = s.brand, tech_size = s.tech_size,
        total_price = s.total_price, discount_percent = s.discount_percent, spp = s.spp, finished_price =
        s.finished_price, price_with_disc = s.price_with_disc, is_cancel = s.is_cancel, cancelled_at = s.cancelled_at,
        g_number = s.g_number, content_hash = s.content_hash
FROM (SELECT n, content_hash, ordered_at, last_change_at, warehouse_name, warehouse_type, country_name,
        oblast_okrug_name, region_name, supplier_article, nm_id, barcode, category, subject, brand, tech_size,
        CAST(total_price AS NUMERIC(18, 2)), discount_percent, CAST(spp AS NUMERIC(18, 2)), CAST(finished_price AS
        NUMERIC(18, 2)), CAST(price_with_disc AS NUMERIC(18, 2)), is_cancel, cancelled_at, g_number, srid FROM
        staged_orders OFFSET 0) AS s (n, content_hash, ordered_at, last_change_at, warehouse_name, warehouse_type,
        country_name, oblast_okrug_name, region_name, supplier_article, nm_id, barcode, category, subject, brand,
        tech_size, total_price, discount_percent, spp, finished_price, price_with_disc, is_cancel, cancelled_at,
        g_number, srid) WHERE t.cabinet_id = $1 AND t.srid = s.srid AND (t.last_change_at IS NULL OR t.last_change_at
        <= s.last_change_at OR t.last_change_at > now() + interval '1 hour') AND t.content_hash IS DISTINCT FROM
        s.content_hash;
