package main

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"invd/bench/catalogue"
	"invd/engine/inventory"
)

// schema is that of the system which invd replaces: a slot, its categories of
// travellers, and a price for each, with the indices that finding a row again needs.
const schema = `
DROP SCHEMA IF EXISTS invd_inserts CASCADE;
CREATE SCHEMA invd_inserts;
SET search_path = invd_inserts;
CREATE TABLE slot (
	id serial PRIMARY KEY, product bigint NOT NULL, source_id text NOT NULL, variant text NOT NULL,
	start_date date NOT NULL, start_time text NOT NULL, end_time text NOT NULL, remaining integer NOT NULL,
	UNIQUE (product, source_id)
);
CREATE TABLE pax_category (id serial PRIMARY KEY, type text NOT NULL UNIQUE, name text NOT NULL, description text NOT NULL);
CREATE TABLE pax_availability (
	id serial PRIMARY KEY, slot_id integer NOT NULL REFERENCES slot, category_id integer NOT NULL REFERENCES pax_category,
	min integer NOT NULL, max integer NOT NULL, remaining integer NOT NULL, is_primary boolean NOT NULL,
	UNIQUE (slot_id, category_id)
);
CREATE TABLE price (
	id serial PRIMARY KEY, pax_id integer NOT NULL UNIQUE REFERENCES pax_availability,
	final bigint NOT NULL, original bigint NOT NULL, discount bigint NOT NULL, currency text NOT NULL
);`

// The statements for a slot, and for each of its categories. pgx prepares each once
// a connection, and each is a transaction of its own.
const (
	upsertSlot = `INSERT INTO invd_inserts.slot (product, source_id, variant, start_date, start_time, end_time, remaining)
		VALUES ($1, $2, $3, $4::text::date, $5, $6, $7)
		ON CONFLICT (product, source_id) DO UPDATE SET remaining = excluded.remaining, end_time = excluded.end_time RETURNING id`
	upsertCategory = `INSERT INTO invd_inserts.pax_category (type, name, description) VALUES ($1, $2, $3)
		ON CONFLICT (type) DO UPDATE SET name = excluded.name, description = excluded.description RETURNING id`
	upsertPax = `INSERT INTO invd_inserts.pax_availability (slot_id, category_id, min, max, remaining, is_primary)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (slot_id, category_id) DO UPDATE SET remaining = excluded.remaining, min = excluded.min, max = excluded.max RETURNING id`
	upsertPrice = `INSERT INTO invd_inserts.price (pax_id, final, original, discount, currency) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (pax_id) DO UPDATE SET final = excluded.final, original = excluded.original, discount = excluded.discount RETURNING id`
)

// tables keep answers as rows.
type tables struct{ pool *pgxpool.Pool }

func openTables(ctx context.Context, dsn string) (*tables, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	config.MaxConns = 8
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	if _, err := pool.Exec(ctx, schema, pgx.QueryExecModeSimpleProtocol); err != nil {
		pool.Close()
		return nil, fmt.Errorf("make tables: %w", err)
	}
	return &tables{pool}, nil
}

func (t *tables) close(ctx context.Context) error {
	defer t.pool.Close()
	_, err := t.pool.Exec(ctx, "DROP SCHEMA invd_inserts CASCADE")
	return err
}

// fill stores version 0 of every key in one transaction, for there to be rows to
// find and to update.
func (t *tables) fill(ctx context.Context, c catalogue.Catalogue) error {
	return pgx.BeginFunc(ctx, t.pool, func(tx pgx.Tx) error {
		for i := range c.Keys {
			if err := insert(ctx, tx, c.Day(c.Key(i), 0)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tables) store(ctx context.Context, a *inventory.Availability) error {
	connection, err := t.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer connection.Release()
	return insert(ctx, connection, a)
}

// insert is the replaced system's way through an answer: row by row.
func insert(ctx context.Context, to interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}, a *inventory.Availability) error {
	for _, s := range a.Slots {
		var slot, category, pax, price int
		err := to.QueryRow(ctx, upsertSlot, int64(a.Key.Product), s.SourceID, s.Variant, a.Key.Date.String(), s.Start.String(), s.End.String(), s.Remaining).Scan(&slot)
		if err != nil {
			return err
		}
		for _, p := range s.Pax {
			if err := to.QueryRow(ctx, upsertCategory, p.Type, p.Name, p.Description).Scan(&category); err != nil {
				return err
			}
			if err := to.QueryRow(ctx, upsertPax, slot, category, p.Min, p.Max, p.Remaining, p.Primary).Scan(&pax); err != nil {
				return err
			}
			err := to.QueryRow(ctx, upsertPrice, pax, p.Price.Final.Units, p.Price.Original.Units, p.Price.Discount.Units, p.Price.Currency).Scan(&price)
			if err != nil {
				return err
			}
		}
	}
	return nil
}
