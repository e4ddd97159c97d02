-- What already takes time around some frames: of the provider, and of the customer's own.
--
-- One row for each span: the frame's key, whose time it is, from when to when.
SELECT frame.key, taken.of_provider, taken.start, taken."end"
FROM unnest(%(keys)s::int[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
    AS frame (key, start, "end")
CROSS JOIN LATERAL (
    SELECT true AS of_provider, lower(span) AS start, upper(span) AS "end"
    FROM appointments_appointment AS appointment, unnest(appointment.held) AS span
    WHERE appointment.provider_id = %(provider)s
        AND appointment.status IN ('pending', 'confirmed')
        AND appointment.held && tstzrange(frame.start, frame."end")
        AND appointment.id <> ALL (%(ignoring)s::uuid[])
    UNION ALL
    SELECT false, appointment.start, appointment."end"
    FROM appointments_appointment AS appointment
    WHERE appointment.attendee_id = %(attendee)s
        AND appointment.status IN ('pending', 'confirmed')
        AND tstzrange(appointment.start, appointment."end") && tstzrange(frame.start, frame."end")
        AND appointment.id <> ALL (%(ignoring)s::uuid[])
) AS taken
