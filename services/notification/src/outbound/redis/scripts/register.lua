-- ARGV[3]: gateway id; ARGV[4]: epoch; ARGV[5]: address
local id, epoch, address = ARGV[3], ARGV[4], ARGV[5]
local lease, reason = lease_of(id, epoch)
if reason == 'superseded' then return reason end
if not lease then
  local former = read(id)
  if former then end_registration(id, former) end
  lease = { epoch = epoch, operation = '', part = 0, connections = 0, doubted = false, draining = false }
  begin_registration(lease)
end
lease.address = address
lease.complete = false
lease.expires = now + lifetime
write(id, lease)
return 'held'
