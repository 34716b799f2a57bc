-- 住民記録（架空）/ fictional resident records
CREATE ROLE app LOGIN;
CREATE DATABASE jumin TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
\connect jumin
CREATE TABLE resident (
  id integer PRIMARY KEY, name text NOT NULL, kana text NOT NULL, born date NOT NULL, sex text NOT NULL,
  postal text NOT NULL, address text NOT NULL, household integer NOT NULL, personal_number text NOT NULL
);
\copy resident FROM '/var/lib/postgresql/residents.csv' WITH (FORMAT csv, HEADER true)
CREATE INDEX resident_kana ON resident (kana);
CREATE TABLE certificate (
  number serial PRIMARY KEY, resident integer NOT NULL REFERENCES resident, kind text NOT NULL,
  operator text NOT NULL, note text NOT NULL DEFAULT '', issued timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE lookup (at timestamptz NOT NULL DEFAULT now(), operator text NOT NULL, resident integer, query text NOT NULL);
GRANT SELECT ON resident TO app;
GRANT SELECT, INSERT ON certificate, lookup TO app;
GRANT USAGE ON SEQUENCE certificate_number_seq TO app;
