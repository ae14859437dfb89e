-- What a machine that only takes requests may do in the database (PostgreSQL). As the owner of the
-- tables, once and after each upgrade:  psql -f docs/public-side.sql DATABASE
-- Then give it a password:              psql -c '\password site_public' DATABASE
--
-- It stores requests and reads what the site says. It neither sees nor changes how staff sign in:
-- no sessions, no second factors, no account, no key.
DO $$
DECLARE
  name text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'site_public') THEN
    CREATE ROLE site_public LOGIN;
  END IF;
  REVOKE ALL ON ALL TABLES IN SCHEMA public FROM site_public;
  REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM site_public;
  GRANT USAGE ON SCHEMA public TO site_public;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    IF name LIKE 'intake\_%' AND name <> 'intake_key' THEN
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO site_public', name);
    ELSIF name LIKE 'pages\_%' OR name IN (
      'intake_key', 'django_migrations', 'django_content_type', 'auth_user', 'auth_permission',
      'auth_user_user_permissions', 'auth_user_groups', 'auth_group', 'auth_group_permissions'
    ) THEN  -- of accounts: who is to be told by mail
      EXECUTE format('GRANT SELECT ON %I TO site_public', name);
    END IF;
  END LOOP;
  FOR name IN
    SELECT sequencename FROM pg_sequences
    WHERE schemaname = 'public' AND sequencename LIKE 'intake\_%'
  LOOP
    EXECUTE format('GRANT USAGE ON SEQUENCE %I TO site_public', name);
  END LOOP;
END
$$;
