CREATE TABLE guests (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL, -- as they wrote it; commas, quotes and all
  version TEXT NOT NULL
);
CREATE TABLE visits (guest_id INTEGER NOT NULL REFERENCES guests (id));
CREATE TRIGGER first_visit AFTER INSERT ON guests BEGIN
  INSERT INTO visits VALUES (new.id);
END;
