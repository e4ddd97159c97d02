-- What already takes time around some frames: of the provider (what others hold, too), and of the
-- customer's own.
--
-- One row for each span: the frame's key, whose time it is, from when to when.
SELECT frame.key, taken.of_provider, taken.start, taken."end"
FROM unnest(
    %(keys)s::int[], %(starts)s::timestamptz[], %(ends)s::timestamptz[],
    %(services)s::uuid[], %(wanted)s::timestamptz[]
) AS frame (key, start, "end", service, wanted)
CROSS JOIN LATERAL (
    SELECT true AS of_provider, lower(span) AS start, upper(span) AS "end"
    FROM appointments_appointment AS appointment, unnest(appointment.held) AS span
    WHERE appointment.provider_id = %(provider)s
        AND appointment.status IN ('pending', 'confirmed')
        AND appointment.held && tstzrange(frame.start, frame."end")
        AND appointment.id <> ALL (%(ignoring)s::uuid[])
    UNION ALL
    SELECT true, hold.held_start, hold.held_end
    FROM appointments_hold AS hold
    WHERE hold.provider_id = %(provider)s
        AND hold.expires_at > %(now)s
        AND hold.held_end > frame.start AND hold.held_start < frame."end"
        AND NOT (
            hold.service_id = frame.service AND hold.start = frame.wanted
            AND (
                hold.owner = ANY (%(owners)s::text[])
                OR (hold.digest = %(digest)s AND hold.owner NOT LIKE 'user:%%')
            )
        )
    UNION ALL
    SELECT false, appointment.start, appointment."end"
    FROM appointments_appointment AS appointment
    WHERE appointment.attendee_id = %(attendee)s
        AND appointment.status IN ('pending', 'confirmed')
        AND tstzrange(appointment.start, appointment."end") && tstzrange(frame.start, frame."end")
        AND appointment.id <> ALL (%(ignoring)s::uuid[])
) AS taken
