import { describe, expect, it } from 'vitest';
import { noUsage } from '../run/run-model.ts';
import type { StepNode } from '../run/run-model.ts';
import { instancesOf, mostTelling, nodeState } from './node-states.ts';

const step = (path: string, status: StepNode['status']): StepNode => ({
  path,
  id: path.slice(path.lastIndexOf('.') + 1),
  status,
  attempt: 1,
  usage: noUsage,
  labels: [],
});
const known = new Set(['each', 'each.read', 'helper']);

describe('the state of a step of the workflow', () => {
  const steps = [
    step('each', 'running'),
    step('each[0].read', 'succeeded'),
    step('each[1].read', 'failed'),
    step('each[2].read', 'running'),
    step('helper', 'running'),
    step('helper#1.call_0', 'failed'),
  ];
  const instances = instancesOf(steps, known);

  it('is that of its instances: what a reader must know first, and how many have ended', () => {
    expect(nodeState(instances.get('each.read') ?? [])).toEqual({ status: 'failed', done: 2, of: 3 });
    expect(nodeState(instances.get('each') ?? [])).toEqual({ status: 'running', done: 0 });
  });

  it('is not that of what an agent did by itself', () => {
    expect(nodeState(instances.get('helper') ?? [])).toEqual({ status: 'running', done: 0 });
  });

  it('leads to the instance that tells why', () => {
    expect(mostTelling(instances.get('each.read') ?? [])?.path).toBe('each[1].read');
    expect(mostTelling([])).toBeUndefined();
  });
});
