#!/bin/sh
# Run by mmdebstrap on the host once all packages are in; $1 is the new root. Part of the recipe:
# a change here gives the system a new id.
set -eu
root=$1
here=$(dirname "$(readlink -f "$0")")

cp -a --no-preserve=ownership "$here/files/." "$root/"
chmod 755 "$root/usr/lib/cyder/clone"

sed -i -E 's/^# *((ja_JP|en_US)\.UTF-8 UTF-8)/\1/' "$root/etc/locale.gen"
chroot "$root" locale-gen >/dev/null
echo 'LANG=C.UTF-8' >"$root/etc/default/locale"
ln -sf /usr/share/zoneinfo/Asia/Tokyo "$root/etc/localtime"
echo Asia/Tokyo >"$root/etc/timezone"

chroot "$root" useradd --create-home --uid 1000 --shell /bin/bash --groups sudo,adm trainee
printf 'trainee ALL=(ALL:ALL) NOPASSWD: ALL\n' >"$root/etc/sudoers.d/trainee"
chmod 440 "$root/etc/sudoers.d/trainee"
# The own host name is known without asking: with the DNS cut off, sudo would wait for it.
sed -i -E 's/^hosts:.*/hosts:          files myhostname dns/' "$root/etc/nsswitch.conf"

# The kernel's log belongs to the host.
sed -i -E 's/^module\(load="imklog"\)/#&/' "$root/etc/rsyslog.conf"

# Nothing of this makes sense in a container, or each of a hundred guests would do it at once.
for unit in \
    sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount \
    sys-fs-fuse-connections.mount proc-sys-fs-binfmt_misc.automount dev-hugepages.mount \
    systemd-binfmt.service systemd-modules-load.service systemd-udevd.service \
    systemd-udev-trigger.service systemd-firstboot.service systemd-machine-id-commit.service \
    systemd-random-seed.service systemd-pstore.service systemd-repart.service \
    systemd-pcrphase.service systemd-pcrphase-sysinit.service systemd-hwdb-update.service \
    systemd-logind.service systemd-remount-fs.service systemd-sysusers.service \
    systemd-tmpfiles-setup-dev.service systemd-journal-flush.service dev-mqueue.mount \
    systemd-user-sessions.service systemd-update-utmp.service \
    systemd-update-utmp-runlevel.service systemd-initctl.socket systemd-ask-password-wall.path systemd-ask-password-console.path \
    kmod-static-nodes.service console-getty.service container-getty@.service getty@.service \
    getty-static.service getty.target remote-fs.target \
    apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
    fstrim.timer man-db.timer logrotate.timer systemd-tmpfiles-clean.timer; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
# Without systemd-user-sessions nobody would take away the note that keeps users out.
ln -sf /dev/null "$root/etc/tmpfiles.d/systemd-nologin.conf"
chroot "$root" systemctl --quiet enable cyder-clone.service

# What each clone gets for itself, or the bake from its host.
rm -f "$root"/etc/ssh/ssh_host_* "$root/etc/resolv.conf" "$root/etc/hostname" \
    "$root/var/lib/dbus/machine-id"
: >"$root/etc/machine-id"
: >"$root/etc/resolv.conf"
printf '127.0.0.1 localhost\n' >"$root/etc/hosts"
rm -f "$root/etc/apt/sources.list.d/0000sources.list"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/log/apt/* \
    "$root/var/log/dpkg.log" "$root/var/log/alternatives.log" "$root/var/log/bootstrap.log" \
    "$root"/var/cache/debconf/*-old "$root"/var/lib/dpkg/*-old
