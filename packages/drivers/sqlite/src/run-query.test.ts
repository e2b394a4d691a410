import { describeRunFilters } from '@telos/testkit';
import { openSqliteStore } from './open-sqlite-store.ts';

describeRunFilters(() => openSqliteStore({ path: ':memory:' }));
