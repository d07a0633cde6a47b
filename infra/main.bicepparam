// A sample: copy it, change it, pass the copy. It holds no secret; secrets go into the key vault.
using 'main.bicep'

param name = 'holdfast'
param maximumInstanceCount = 40
param useSlack = true
param gitHubAuth = 'app'
param gitHubAppId = '000000'
param awsRegion = 'us-east-1'
param bedrockAuth = 'bearer'
param alertEmail = ''
