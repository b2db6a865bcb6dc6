import { expect, it } from 'vitest';
import { endpoint_text } from './endpoint';

it('an end of a conversation is address and port, IPv6 in brackets', () => {
  expect(endpoint_text('10.0.0.1', 443)).toBe('10.0.0.1:443');
  expect(endpoint_text('fd12::5', 443)).toBe('[fd12::5]:443');
  expect(endpoint_text('fd12::5', undefined)).toBe('fd12::5');
  expect(endpoint_text('10.0.0.1', '')).toBe('10.0.0.1');
});
