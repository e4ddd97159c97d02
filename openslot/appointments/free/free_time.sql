-- Free time: hours − time off − busy elsewhere − held, for any number of candidates at once.
--
-- A candidate is a provider with the buffers of the appointment that is looked for. Whatever takes
-- time is widened by them, [a - after, b + before): what is left is where the appointment itself
-- may lie. Hours come as instants (whole seconds of the epoch), made in Python from local times;
-- answers go out as microseconds of the epoch: start, end, start, end …, in order. Where it is to
-- explain itself, what takes time comes along, each by itself and as it is (not widened).
WITH hours AS (
    SELECT key, range_agg(tstzrange(to_timestamp(opens), to_timestamp(closes))) AS spans
    FROM unnest(%(hours_keys)s::int[], %(opens)s::bigint[], %(closes)s::bigint[])
        AS given (key, opens, closes)
    GROUP BY key
),
candidate AS (
    SELECT
        given.key,
        given.provider,
        provider.revision,
        given.before * interval '1 minute' AS before,
        given.after * interval '1 minute' AS after,
        to_timestamp(given.first) - given.before * interval '1 minute' AS first,
        to_timestamp(given.last) + given.after * interval '1 minute' AS last,
        to_timestamp(given.counted_from) AS counted_from,
        to_timestamp(given.counted_until) AS counted_until
    FROM unnest(
        %(keys)s::int[], %(providers)s::uuid[], %(before)s::int[], %(after)s::int[],
        %(first)s::bigint[], %(last)s::bigint[],
        %(counted_from)s::bigint[], %(counted_until)s::bigint[]
    ) AS given (key, provider, before, after, first, last, counted_from, counted_until)
    JOIN accounts_provider AS provider
        ON provider.id = given.provider AND provider.active AND provider.listing = 'listed'
    JOIN accounts_user AS person ON person.id = provider.user_id AND person.is_active
),
free AS (
    SELECT
        candidate.key,
        coalesce(hours.spans, '{}') - coalesce(taken.away, '{}') AS willing,
        coalesce(hours.spans, '{}') - coalesce(taken.spans, '{}') AS spans,
        taken.obstacles,
        candidate.provider,
        candidate.revision,
        candidate.counted_from,
        candidate.counted_until,
        candidate.first,
        candidate.last
    FROM candidate
    LEFT JOIN hours USING (key)
    CROSS JOIN LATERAL (
        SELECT
            range_agg(widened) AS spans,
            range_agg(widened) FILTER (WHERE appointment IS NULL) AS away,
            jsonb_agg(jsonb_build_object(
                'kind', kind,
                'start', (extract(epoch FROM lower(span)) * 1000000)::bigint,
                'end', (extract(epoch FROM upper(span)) * 1000000)::bigint,
                'appointment', appointment
            ) ORDER BY span, kind) FILTER (WHERE %(explain)s::boolean) AS obstacles
        FROM (
            SELECT 'time_off' AS kind, tstzrange(time_off.start, time_off."end") AS span,
                NULL::uuid AS appointment
            FROM availability_timeoffspan AS time_off
            WHERE time_off.provider_id = candidate.provider
                AND time_off."end" > candidate.first AND time_off.start < candidate.last
            UNION ALL
            SELECT 'busy_elsewhere', tstzrange(busy.start, busy."end"), NULL
            FROM availability_busy AS busy
            WHERE busy.provider_id = candidate.provider
                AND busy."end" > candidate.first AND busy.start < candidate.last
            UNION ALL
            SELECT 'appointment', span, appointment.id
            FROM appointments_appointment AS appointment, unnest(appointment.held) AS span
            WHERE appointment.provider_id = candidate.provider
                AND appointment.status IN ('pending', 'confirmed')
                AND appointment.held && tstzrange(candidate.first, candidate.last)
                AND appointment.id <> ALL (%(ignoring)s::uuid[])
        ) AS obstacle,
        LATERAL (
            SELECT tstzrange(lower(span) - candidate.after, upper(span) + candidate.before) AS widened
        ) AS around
    ) AS taken
)
SELECT
    free.key,
    ARRAY(
        SELECT (extract(epoch FROM bound) * 1000000)::bigint
        FROM unnest(free.spans) AS span, LATERAL (VALUES (lower(span)), (upper(span))) AS v (bound)
        ORDER BY bound
    ) AS free,
    ARRAY(
        SELECT (extract(epoch FROM bound) * 1000000)::bigint
        FROM unnest(free.willing) AS span, LATERAL (VALUES (lower(span)), (upper(span))) AS v (bound)
        ORDER BY bound
    ) AS willing,
    ARRAY(
        SELECT (extract(epoch FROM appointment.start) * 1000000)::bigint
        FROM appointments_appointment AS appointment
        WHERE appointment.provider_id = free.provider
            AND appointment.start >= free.counted_from
            AND appointment.start < free.counted_until
            AND appointment.status NOT IN ('declined', 'cancelled', 'expired')
            AND appointment.id <> ALL (%(ignoring)s::uuid[])
    ) AS counted,
    free.revision,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_array(
            ARRAY(
                SELECT (extract(epoch FROM bound) * 1000000)::bigint
                FROM unnest(ARRAY[
                    hold.held_start, hold.held_end, hold.start, hold."end", hold.expires_at
                ]) WITH ORDINALITY AS numbered (bound, number)
                ORDER BY number
            ),
            hold.service_id,
            ARRAY[hold.digest, hold.owner]
        )), '[]')
        FROM appointments_hold AS hold
        WHERE hold.provider_id = free.provider
            AND hold.held_end > free.first AND hold.held_start < free.last
    ) AS holds,
    coalesce(free.obstacles, '[]') AS obstacles
FROM free
