// The calendar: drawn by FullCalendar (MIT, shipped with the panel); what is dragged is asked of the server before it holds.
window.loaCalendar = {
  calendar: null,
  start(id, language, zone, narrow) {
    const place = document.getElementById(id);
    if (!place || !window.FullCalendar) return;
    const two = { hour: "2-digit", minute: "2-digit", hour12: false };
    this.calendar = new FullCalendar.Calendar(place, {
      locale: language === "en" ? "en-gb" : language, firstDay: 1, timeZone: zone, nowIndicator: true,
      now: () => new Date(window.loaNow()).toLocaleString("sv-SE", { timeZone: zone }).replace(" ", "T"), height: Math.max(480, innerHeight * 0.78), allDaySlot: false,
      initialView: narrow ? "timeGridDay" : "timeGridWeek", slotDuration: "01:00:00", snapDuration: "00:15:00",
      scrollTime: "04:00:00", slotLabelFormat: two, eventTimeFormat: two, eventMinHeight: 1.9 * parseFloat(getComputedStyle(document.documentElement).fontSize), displayEventEnd: false, eventShortHeight: 3 * parseFloat(getComputedStyle(document.documentElement).fontSize), navLinks: true,
      headerToolbar: { left: "prev,today,next", center: "title", right: "dayGridMonth,timeGridWeek,timeGridDay,listWeek" },
      editable: true, eventDurationEditable: false, dayMaxEvents: 6, eventMaxStack: narrow ? 2 : 3, longPressDelay: 400,
      events: [],
      moreLinkDidMount: (made) => made.el.setAttribute("role", "button"),
      datesSet: (shown) => {
        setTimeout(() => this.name(place));
        emitEvent("loaCalendarShown", { first: shown.startStr, last: shown.endStr });
      },
      eventDrop: (drop) => {
        const at = drop.event.startStr;  // before it goes back to where it was
        drop.revert();
        emitEvent("loaCalendarAsked", { subject: drop.event.extendedProps.subject, at });
      },
      eventClick: (press) => { press.jsEvent.preventDefault(); emitEvent("loaCalendarAsked", { subject: press.event.extendedProps.subject, at: null }); },
      eventDidMount: (made) => {
        made.el.setAttribute("data-testid", (made.event.classNames.includes("loa-foreseen") ? "foreseen-" : "entry-") + made.event.extendedProps.slot);
        made.el.setAttribute("tabindex", "0"); made.el.setAttribute("role", "button");
        made.el.setAttribute("aria-label", made.event.extendedProps.told); made.el.title = made.event.extendedProps.told;
        made.el.addEventListener("keydown", (key) => { if (key.key === "Enter" || key.key === " ") { key.preventDefault(); made.el.click(); } });
      },
    });
    this.calendar.render();
  },
  // Arrows, which their buttons name; hours, which the keyboard scrolls too; and tables, which are none to a reader's ear:
  // what is in them says day, hour and place itself.
  name(place) {
    for (const arrow of place.querySelectorAll(".fc-icon")) arrow.setAttribute("aria-hidden", "true");
    for (const hours of place.querySelectorAll(".fc-scroller-liquid-absolute")) hours.tabIndex = 0;
    for (const part of place.querySelectorAll(".fc-scrollgrid, .fc-scrollgrid :is(table, thead, tbody, tr, td, th)")) part.setAttribute("role", "presentation");
  },
  show(entries) {
    if (!this.calendar) return;
    this.calendar.removeAllEvents();
    for (const entry of entries) this.calendar.addEvent(entry);
  },
};
