-- What would leave its window goes backward; what cannot, stays outside it.
overflow AS MATERIALIZED (
    SELECT person, calendar_id, land, ideal_on, window_on, window_end FROM forth WHERE due_on > window_end
)
