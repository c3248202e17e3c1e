package dev.tocsin.api.v1alpha1;

import org.jspecify.annotations.Nullable;

/** A message to a Slack channel through an incoming webhook. */
public record SlackReceiver(
        ValueSource apiUrl,
        @Nullable String channel,
        @Nullable String username,
        @Nullable String color,
        @Nullable String title,
        @Nullable String titleLink,
        @Nullable String pretext,
        @Nullable String text,
        @Nullable String footer,
        @Nullable String fallback,
        @Nullable String iconEmoji,
        @Nullable String iconUrl,
        @Nullable Boolean linkNames,
        @Nullable Boolean shortFields,
        @Nullable Boolean sendResolved,
        @Nullable HttpConfig http) {}
