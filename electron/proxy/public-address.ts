import { BlockList, isIP } from 'node:net'

/** Ranges of IPv4 that are not on the public internet (IANA's special-purpose registry), and Azure's own inside address. */
const SPECIAL_V4: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]
/** Of IPv6 only 2000::/3 is public, without what tunnels to IPv4 and what is for documents and tests. */
const SPECIAL_V6: readonly [string, number][] = [
  ['::', 3],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['4000::', 2],
  ['8000::', 1],
]

// Two lists: one alone would take every address of IPv4 for a mapped one of IPv6.
const special4 = new BlockList()
for (const [base, bits] of SPECIAL_V4) special4.addSubnet(base, bits, 'ipv4')
const special6 = new BlockList()
for (const [base, bits] of SPECIAL_V6) special6.addSubnet(base, bits, 'ipv6')

/** Is this an address on the public internet: not loopback, private, link-local, metadata, or one that stands for such? */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special4.check(address, 'ipv4')
    case 6:
      return !special6.check(address, 'ipv6')
    default:
      return false
  }
}
