"""A panel without a picture: owns the names under which tray icons register and notifications are
shown, and does what it is told.

Commands come one a line on the standard input, answers go out as one line of JSON each:
  items            how many icons there are
  menu             the menu of the first one: [{"id", "label", "enabled", "children"}]
  click ID         chooses an entry
  told             the notifications so far: [[title, text]]
"""

import json
import sys
import threading

import dbus
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

WATCHER = "org.kde.StatusNotifierWatcher"
MENU = "com.canonical.dbusmenu"
NOTIFICATIONS = "org.freedesktop.Notifications"


class Watcher(dbus.service.Object):
    def __init__(self, bus):
        super().__init__(bus, "/StatusNotifierWatcher")
        self.items = []

    @dbus.service.method(WATCHER, in_signature="s", sender_keyword="sender")
    def RegisterStatusNotifierItem(self, service, sender):
        # A path means that the sender itself is the service.
        name, path = (sender, service) if service.startswith("/") else (service, "/StatusNotifierItem")
        self.items.append((name, path))

    @dbus.service.method(WATCHER, in_signature="s")
    def RegisterStatusNotifierHost(self, service):
        pass

    @dbus.service.method("org.freedesktop.DBus.Properties", in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        values = {"IsStatusNotifierHostRegistered": True, "ProtocolVersion": dbus.Int32(0)}
        values["RegisteredStatusNotifierItems"] = dbus.Array(["".join(item) for item in self.items], "s")
        return values[name]

    @dbus.service.method("org.freedesktop.DBus.Properties", in_signature="s", out_signature="a{sv}")
    def GetAll(self, interface):
        return {"IsStatusNotifierHostRegistered": True, "ProtocolVersion": dbus.Int32(0)}


class Notifications(dbus.service.Object):
    def __init__(self, bus):
        super().__init__(bus, "/org/freedesktop/Notifications")
        self.told = []

    @dbus.service.method(NOTIFICATIONS, in_signature="susssasa{sv}i", out_signature="u")
    def Notify(self, program, replaces, icon, title, text, actions, hints, seconds):
        self.told.append([str(title), str(text)])
        return len(self.told)


def menu_of(bus, item):
    properties = dbus.Interface(bus.get_object(*item), "org.freedesktop.DBus.Properties")
    path = properties.Get("org.kde.StatusNotifierItem", "Menu")
    return dbus.Interface(bus.get_object(item[0], path), MENU)


def entry(node):
    number, properties, children = node
    return {
        "id": int(number),
        "label": str(properties.get("label", "")),
        "enabled": bool(properties.get("enabled", True)),
        "separator": properties.get("type") == "separator",
        "children": [entry(child) for child in children],
    }


def answer(bus, watcher, notifications, command):
    if command == ["told"]:
        return notifications.told
    alive = list(dict.fromkeys(item for item in watcher.items if bus.name_has_owner(item[0])))
    if command == ["items"]:
        return len(alive)
    menu = menu_of(bus, alive[-1])
    if command == ["menu"]:
        menu.AboutToShow(0)
        return entry(menu.GetLayout(0, -1, dbus.Array([], "s"))[1])["children"]
    if command[0] == "click":
        menu.Event(int(command[1]), "clicked", dbus.String("", variant_level=1), dbus.UInt32(0))
        return True
    raise ValueError(f"no such command: {command}")


def main():
    DBusGMainLoop(set_as_default=True)
    bus = dbus.SessionBus()
    name = dbus.service.BusName(WATCHER, bus)
    watcher = Watcher(bus)
    shows = dbus.service.BusName(NOTIFICATIONS, bus)
    notifications = Notifications(bus)
    loop = GLib.MainLoop()
    # Questions have a connection of their own: asking blocks until the answer comes.
    asking = dbus.SessionBus(private=True)

    def listen():
        for line in sys.stdin:
            try:
                said = {"ok": answer(asking, watcher, notifications, line.split())}
            except Exception as error:
                said = {"error": str(error)}
            print(json.dumps(said), flush=True)
        loop.quit()

    threading.Thread(target=listen, daemon=True).start()
    print(json.dumps({"ok": [str(name.get_name()), str(shows.get_name())]}), flush=True)
    loop.run()


main()
