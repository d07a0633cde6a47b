// Four alarms: requests fail, exceptions escape, something stored cannot be read, or the app has gone quiet (its timers stopped, so nobody
// sweeps the inbox).
param namePrefix string
param location string
param tags object
param componentId string
param alertEmail string

var receivers = empty(alertEmail)
  ? []
  : [
      { name: 'operator', emailAddress: alertEmail, useCommonAlertSchema: true }
    ]

var metricAlarms = [
  {
    name: 'failed-requests'
    metric: 'requests/failed'
    threshold: 10
    description: 'More than 10 requests or timer runs failed in 15 minutes.'
  }
  {
    name: 'exceptions'
    metric: 'exceptions/count'
    threshold: 20
    description: 'More than 20 exceptions in 15 minutes.'
  }
]

resource operators 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${namePrefix}-operators'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: take(namePrefix, 12)
    enabled: true
    emailReceivers: receivers
  }
}

resource metricAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for alarm in metricAlarms: {
    name: '${namePrefix}-${alarm.name}'
    location: 'global'
    tags: tags
    properties: {
      description: alarm.description
      severity: 2
      enabled: true
      scopes: [componentId]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: alarm.name
            metricNamespace: 'microsoft.insights/components'
            metricName: alarm.metric
            operator: 'GreaterThan'
            threshold: alarm.threshold
            timeAggregation: 'Count'
          }
        ]
      }
      actions: [{ actionGroupId: operators.id }]
    }
  }
]

// A log search and not a metric: a metric without values raises no alarm.
resource quiet 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${namePrefix}-quiet'
  location: location
  tags: tags
  properties: {
    displayName: '${namePrefix}-quiet'
    description: 'No request and no timer run for 15 minutes: the cron tick and the inbox sweep have stopped.'
    severity: 1
    enabled: true
    scopes: [componentId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      allOf: [
        {
          query: 'requests'
          timeAggregation: 'Count'
          operator: 'LessThan'
          threshold: 1
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [operators.id] }
  }
}

// By the words of the log: what the worker logs comes to the host without the number of its event.
resource unreadable 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${namePrefix}-unreadable'
  location: location
  tags: tags
  properties: {
    displayName: '${namePrefix}-unreadable'
    description: 'Something in the inbox or of a cron job cannot be read; what was pending is set aside under deadletters/.'
    severity: 2
    enabled: true
    scopes: [componentId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      allOf: [
        {
          query: 'traces | where severityLevel >= 3 and message has "cannot be read"'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [operators.id] }
  }
}
