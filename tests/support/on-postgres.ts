// Imported first by a program whose test towns are on PostgreSQL: ./database.ts reads the kind when it is loaded.
process.env.XIANGLI_TEST_DATABASE = 'postgres'
