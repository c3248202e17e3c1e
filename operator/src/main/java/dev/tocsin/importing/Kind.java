package dev.tocsin.importing;

/** The kinds of objects that an import makes. */
public enum Kind {
    AlertRule("alertrules"),
    ContactPoint("contactpoints"),
    NotificationPolicy("notificationpolicies");

    private final String plural;

    Kind(String plural) {
        this.plural = plural;
    }

    String plural() {
        return plural;
    }
}
