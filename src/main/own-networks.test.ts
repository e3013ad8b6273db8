import assert from 'node:assert/strict';
import test from 'node:test';
import { ownNetworks } from './own-networks.ts';

const anAddress = (address: string, family: 'IPv4' | 'IPv6') =>
  family === 'IPv4'
    ? { address, family, netmask: '', mac: '', internal: false, cidr: null }
    : { address, family, netmask: '', mac: '', internal: false, cidr: null, scopeid: 0 };

test('every address of the machine is a network of its own, whatever the network around it', () => {
  const interfaces = { eth0: [anAddress('203.0.113.7', 'IPv4'), anAddress('2001:db8::7', 'IPv6')], eth1: [anAddress('10.0.0.7', 'IPv4')] };
  assert.deepEqual(ownNetworks(interfaces), ['203.0.113.7/32', '2001:db8::7/128', '10.0.0.7/32']);
});

test('the machine that runs this has at least its loopback address', () => {
  assert.ok(ownNetworks().includes('127.0.0.1/32'));
});
