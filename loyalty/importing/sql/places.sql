-- Stores by their code, for the floor below, which knows none.
CREATE TEMP TABLE import_place AS
SELECT id, code FROM loyalty_store WHERE practice_of_id IS NULL;
